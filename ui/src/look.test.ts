import { expect, test } from "vitest";
import type { Page, View } from "./generated/types";
import { beside, firstPage, historyOf, lookAt, NEWEST, settingsOf, setupOf } from "./look";

test("only who has nothing set up is led through Setup", () => {
  const states: View["state"][] = ["not_set_up", "off", "on", "waiting", "sign_in_needed", "locked", "trouble"];
  expect(states.map((state) => firstPage({ state } as View))).toEqual(["setup", "now", "now", "now", "now", "now", "now"]);
});

test("each page asks for what it shows", () => {
  const query = { ...NEWEST, text: "push" };
  expect(lookAt("now", query)).toEqual({ history: NEWEST });
  expect(lookAt("history", query)).toEqual({ history: query });
  expect([lookAt("setup", query), lookAt("settings", query)]).toEqual(["setup", "settings"]);
});

test("a page that is not there yet is nothing, and never another one", () => {
  const page = { setup: { test: "untried" } } as unknown as Page;
  expect(setupOf(page)).toBeDefined();
  expect([historyOf(page), settingsOf(page), setupOf("now")]).toEqual([undefined, undefined, undefined]);
});

test("arrows lead round the row", () => {
  expect([beside("now", "ArrowRight"), beside("now", "ArrowLeft"), beside("setup", "ArrowRight")]).toEqual(["history", "setup", "now"]);
  expect([beside("history", "Home"), beside("history", "End"), beside("history", "Enter")]).toEqual(["now", "setup", undefined]);
});
