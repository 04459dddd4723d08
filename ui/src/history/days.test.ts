import { expect, test } from "vitest";
import type { Row } from "../generated/types";
import { NEWEST } from "../look";
import { byDay, isNarrowed, isSame } from "./days";

function row(id: number, at: Date): Row {
  return { id, at: at.getTime(), code: null, agent: "Codex", what: "ls", verdict: null, words: "", is_ask: false, detail: [] };
}

test("rows stand under their day, in the order they came", () => {
  const rows = [
    row(5, new Date(2026, 10, 24, 0, 0)),
    row(4, new Date(2026, 10, 23, 23, 59)),
    row(3, new Date(2026, 10, 23, 0, 1)),
    row(2, new Date(2025, 10, 23, 0, 1)),
  ];
  expect(byDay(rows).map((day) => day.rows.map(({ id }) => id))).toEqual([[5], [4, 3], [2]]);
  expect(byDay([])).toEqual([]);
});

test("a clock that was set back begins a day of its own, and no row is lost", () => {
  const rows = [row(3, new Date(2026, 10, 23, 9)), row(2, new Date(2026, 10, 24, 9)), row(1, new Date(2026, 10, 23, 8))];
  expect(byDay(rows).map((day) => day.rows.length)).toEqual([1, 1, 1]);
});

test("a query is the same only in all of its parts", () => {
  expect(isSame(NEWEST, { ...NEWEST })).toBe(true);
  for (const other of [{ text: "a" }, { verdict: "deny" }, { agent: "Codex" }, { before: 3 }] as const) {
    expect(isSame(NEWEST, { ...NEWEST, ...other })).toBe(false);
  }
});

test("older rows are no narrower question", () => {
  expect(isNarrowed({ ...NEWEST, before: 4 })).toBe(false);
  expect([{ text: "a" }, { verdict: "deny" }, { agent: "Codex" }].map((one) => isNarrowed({ ...NEWEST, ...one } as typeof NEWEST))).toEqual([true, true, true]);
});
