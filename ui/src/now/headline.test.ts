import { expect, test } from "vitest";
import type { TroubleWords, View, Waiting } from "../generated/types";
import { speaking } from "../words/catalogs";
import { headline, reach } from "./headline";
import { canSignIn, lengths, turn } from "./offers";
import { lasts } from "./session";

const { words } = speaking("en", ["en-GB"]);
const german = speaking("de", ["de-DE"]).words;
const signIn = { sign_in: { user: null } };
const off: View = {
  state: "off",
  mode: "off",
  headline: "as the gate says it",
  reach: null,
  who: "dana",
  session: null,
  sign_in: null,
  held_until: null,
  mode_until: null,
  waiting: [],
  troubles: [], grants: [],
  agents: [],
  offers: [],
};
const on: View = { ...off, state: "on", mode: { on: "until_reboot" } };
const asked: Waiting = { id: 1, code: "K7F29", agent: "Codex", title: "ls", place: "/", card: { kind: "", pairs: [] }, phase: { in_line: { ahead: 0 } }, ends: 0, can_ring: false, passcode: "none" };
const rings: Waiting = { ...asked, phase: { ringing: { since: 0, ends: 60_000, device: null, verification_code: null } } };
const trouble = (kind: string, blocks: boolean): TroubleWords => ({ kind, words: `${kind} is wrong.`, since: null, fix: "", blocks });

test("each state has its sentence", () => {
  const trip = { address: "http://localhost:1/", verification_code: null, ends: 0 };
  const views: View[] = [
    { ...off, state: "not_set_up" },
    off,
    { ...off, mode: { paused: { until: 9, bound: "until_reboot" } }, mode_until: 720_000 },
    on,
    { ...on, held_until: 5 },
    { ...on, state: "waiting", waiting: [rings, asked] },
    { ...on, state: "waiting", waiting: [asked] },
    { ...on, state: "waiting", waiting: [asked], held_until: 5 },
    { ...on, state: "waiting", waiting: [asked], troubles: [trouble("quiet", false)] },
    { ...on, state: "waiting", waiting: [asked], troubles: [trouble("duo_unreachable", false)] },
    { ...on, state: "sign_in_needed", offers: [signIn] },
    { ...on, state: "sign_in_needed", offers: [signIn], session: { user: "dana", way: "push", ends: 0, is_over: true } },
    { ...on, who: null },
    { ...on, state: "sign_in_needed", sign_in: trip },
    { ...on, state: "sign_in_needed", sign_in: { ...trip, address: null } },
    { ...off, state: "locked", mode: "locked" },
    { ...off, state: "locked", mode: "locked", sign_in: trip },
    { ...on, state: "trouble", troubles: [trouble("not_connected", true), trouble("audit", true), trouble("quiet", false)] },
    { ...off, state: "trouble", troubles: [trouble("audit", true)] },
    { ...off, state: "trouble", mode: "locked", troubles: [trouble("audit", true)] },
    { ...off, state: "trouble" },
  ];
  expect(views.map((view) => headline(view, words, 0))).toEqual([
    "Not set up. Connect Thumbturn to Duo first.",
    "Off. Your agent asks in its own terminal.",
    "Paused. Back on in 12 min.",
    "On. Every risky call needs your thumb.",
    "On hold. Asks wait in silence.",
    "Check your phone. 2 asks wait.",
    "1 ask waits.",
    "On hold. 1 ask waits.",
    "Nobody answers the phone. 1 ask waits.",
    "Duo cannot be reached. 1 ask waits.",
    "Sign in, so that your phone can ring.",
    "Your session is over. Sign in, so that your phone can ring.",
    "Waiting for the keychain.",
    "Signing in. Go on in your browser.",
    "Signing in. Check your phone.",
    "Locked. Every call is denied until you sign in again.",
    "Locked. Signing in: go on in your browser.",
    "On, but every ask is denied. audit is wrong.",
    "Off. audit is wrong.",
    "Locked. audit is wrong.",
    "as the gate says it",
  ]);
});

test("German is German in the headline too", () => {
  expect(headline({ ...on, state: "trouble", troubles: [trouble("keychain_locked", true)] }, german)).toBe(
    "An, aber jede Anfrage wird abgelehnt. Der Schlüsselbund ist gesperrt.",
  );
});

test("what is read aloud names no time that runs", () => {
  const paused: View = { ...off, mode: { paused: { until: 9, bound: "until_reboot" } }, mode_until: 720_000 };
  expect(headline(paused, words)).toBe("Paused. It comes back on by itself.");
});

test("the reach is of a mode that is on", () => {
  expect(reach(off, words, 0)).toBeUndefined();
  expect(reach(on, words, 0)).toBe("Duo mode stays on until reboot");
  expect(reach({ ...on, mode: { on: { until: 5 } }, mode_until: 6_000_000 }, words, 0)).toBe("Duo mode stays on for 1 h 40 min more");
  expect(reach({ ...on, mode: { on: { project: "/srv" } } }, words, 0)).toBe("Duo mode holds only in /srv");
});

test("what is offered is found in its shape", () => {
  const view: View = { ...on, offers: [{ pause: 9 }, { hold: 60 }, "turn_off", { hold: 30 }, signIn] };
  expect(lengths(view, "hold")).toEqual([30, 60]);
  expect(lengths(view, "pause")).toEqual([9]);
  expect([turn(view), canSignIn(view)]).toEqual(["turn_off", true]);
  expect([turn(off), canSignIn(off)]).toEqual([undefined, false]);
});

test("a session counts down in its last half hour", () => {
  const ends = new Date(2026, 10, 24, 18, 5).getTime();
  const session = { user: "dana", way: "push", ends, is_over: false } as const;
  expect(lasts(session, words, ends - 8 * 3_600_000)).toBe("until 18:05");
  expect(lasts(session, words, ends - 24 * 60_000)).toBe("ends in 24 min");
  expect(lasts(session, words, ends - 1)).toBe("ends in 1 s");
  expect(lasts({ ...session, is_over: true }, words, ends + 60_000)).toBe("ended 18:05");
});
