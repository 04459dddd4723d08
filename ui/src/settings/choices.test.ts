import { expect, test } from "vitest";
import type { Settings } from "../generated/types";
import { holds, keyOf, lifetimeChoices, loosens, patienceChoices } from "./choices";

const HOUR = 3_600_000;
const held: Settings = { device: null, devices: [], patience: 600_000, session_lifetime: 24 * HOUR, require_push_to_turn_off: true, notifications: true, start_at_login: false, proxy: null, file: "", version: "", failure: null };

test("what the file says can be seen, even where it is none of the choices", () => {
  expect(patienceChoices(600_000)).toEqual([62_000, 120_000, 300_000, 600_000]);
  expect(patienceChoices(90_000)).toEqual([62_000, 90_000, 120_000, 300_000, 600_000]);
  expect(lifetimeChoices(24 * HOUR)).toEqual([HOUR, 8 * HOUR, 24 * HOUR, 168 * HOUR]);
});

test("only what turns something down asks the phone", () => {
  expect(loosens({ session_lifetime: 168 * HOUR }, held)).toBe(true);
  expect(loosens({ session_lifetime: HOUR }, held)).toBe(false);
  expect(loosens({ require_push_to_turn_off: false }, held)).toBe(true);
  expect(loosens({ require_push_to_turn_off: true }, { ...held, require_push_to_turn_off: false })).toBe(false);
  expect(loosens({ notifications: false }, held)).toBe(false);
});

test("a setting holds once the gate says so", () => {
  expect(holds({ session_lifetime: HOUR }, held, "system")).toBe(false);
  expect(holds({ session_lifetime: HOUR }, { ...held, session_lifetime: HOUR }, "system")).toBe(true);
  expect([holds({ device: null }, held, ""), holds({ patience: 1 }, held, ""), holds({ language: "de" }, held, "de")]).toEqual([true, false, true]);
  expect([holds({ notifications: true }, held, ""), holds({ start_at_login: true }, held, ""), holds({ require_push_to_turn_off: false }, held, "")]).toEqual([true, false, false]);
  expect(keyOf({ device: null })).toBe("device");
});
