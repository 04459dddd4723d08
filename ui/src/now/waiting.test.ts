import { expect, test } from "vitest";
import { plain } from "../plain";
import { stand } from "./stand";
import type { Phase, Waiting } from "../generated/types";
import { speaking } from "../words/catalogs";
import { inOrder, share } from "./waiting";

const { words } = speaking("en", ["en-US"]);

function asked(id: number, phase: Phase): Waiting {
  return { id, code: `K7F2${id}`, agent: "Claude Code", title: "Bash: ls", place: "/srv", card: { kind: "", pairs: [] }, phase, ends: 0, can_ring: false, passcode: "none" };
}

const ringing: Phase = { ringing: { since: 1_000, ends: 61_000, device: "phone", verification_code: null } };

test("what rings comes first, then the line, then what rang in vain", () => {
  const asks = [
    asked(1, { unanswered: { again: null } }),
    asked(2, { in_line: { ahead: 1 } }),
    asked(3, ringing),
    asked(4, { in_line: { ahead: 0 } }),
    asked(5, { unanswered: { again: 9 } }),
  ];
  expect(inOrder(asks).map((ask) => ask.id)).toEqual([3, 4, 2, 1, 5]);
});

test("a countdown ends at nothing, never below", () => {
  expect([0, 1_000, 12_400, 60_999, 61_000, 90_000].map((now) => stand(ringing, words, now))).toEqual([
    "Check your phone: 61 s",
    "Check your phone: 60 s",
    "Check your phone: 49 s",
    "Check your phone: 1 s",
    "Check your phone: 0 s",
    "Check your phone: 0 s",
  ]);
  expect([0, 1_000, 31_000, 61_000, 90_000].map((now) => share(1_000, 61_000, now))).toEqual([1, 1, 0.5, 0, 0]);
  expect(share(5, 5, 5)).toBe(0);
});

test("every other phase has its words", () => {
  const phases: Phase[] = [
    { ringing: { since: 0, ends: 60_000, device: null, verification_code: null } },
    { in_line: { ahead: 0 } },
    { in_line: { ahead: 1_200 } },
    { unanswered: { again: null } },
    { unanswered: { again: 180_000 } },
  ];
  expect(phases.map((phase) => stand(phase, words, 0))).toEqual([
    "On its way to your phone",
    "Next in line",
    "In line behind 1,200",
    "Unanswered",
    "Unanswered. It rings again in 3 min",
  ]);
});

test("what a screen would hide is written out", () => {
  expect(plain("git push\n\tüber 日本 👍")).toBe("git push\n\tüber 日本 👍");
  expect(plain("rm \u202Etxt.exe\u200B\u0000\u001b[2K\u{e0041}")).toBe(
    "rm ⟨U+202E⟩txt.exe⟨U+200B⟩⟨U+0000⟩⟨U+001B⟩[2K⟨U+E0041⟩",
  );
});
