import { expect, test } from "vitest";
import { editOf, placeOf, textOf } from "./edit";

test("an edit that writes a rule says which and where", () => {
  for (const [at, isNew] of [[0, true], [3, false]] as const) {
    const edit = editOf(at, isNew, "[[rule]]");
    expect(placeOf(edit)).toEqual({ at, isNew });
    expect(textOf(edit)).toBe("[[rule]]");
  }
});

test("moving and removing write no rule", () => {
  expect(textOf({ move: { at: 1, to: 0 } })).toBeUndefined();
  expect(textOf({ remove: { at: 1 } })).toBeUndefined();
  expect(placeOf({ move: { at: 1, to: 0 } })).toEqual({ at: 1, isNew: false });
});
