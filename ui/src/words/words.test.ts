import { expect, test } from "vitest";
import troubles from "../../../src-tauri/core/src/trouble.rs?raw";
import { chosen, speaking } from "./catalogs";
import { format } from "./format";

const english = speaking("en", ["en-US"]);
const german = speaking("de", ["de-DE"]);

/** Each leaf of a catalog with its way there. */
function leaves(value: unknown, path = ""): [string, unknown][] {
  if (typeof value !== "object" || value === null) return [[path, value]];
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, path === "" ? key : `${path}.${key}`));
}

/** Told the same in both languages: names, commands, and what nothing is said of. */
const SAME = ["rules.actions.push", "rules.conditions.", 
  "gate.",
  "pages.setup",
  "now.ways.universal_prompt",
  "now.ways.single_sign_on",
  "now.empty.off.command",
  "now.rest.pause",
  "setup.way.universal_prompt.title",
  "setup.way.single_sign_on.title",
  "setup.way.clientId",
  "setup.way.issuer",
  "setup.standing.clientId",
  "setup.standing.issuer",
  "setup.standing.verified",
  "history.agent",
  "history.details.agent",
  "settings.language.en",
  "settings.language.de",
  "settings.about.proxy",
  "settings.about.version",
];

test("every word has its German one, of the same kind", () => {
  const ours = leaves(english.words).map(([path, value]) => `${path}: ${typeof value}`);
  const theirs = leaves(german.words).map(([path, value]) => `${path}: ${typeof value}`);
  expect(theirs.toSorted()).toEqual(ours.toSorted());
});

test("no German word was left in English, or empty", () => {
  const theirs = new Map(leaves(german.words));
  const left = leaves(english.words).filter(([path, value]) => {
    if (typeof value !== "string" || value === "" || SAME.some((same) => path.startsWith(same))) return false;
    return theirs.get(path) === value || theirs.get(path) === "";
  });
  expect(left.map(([path]) => path).filter((path) => path !== "setup.way.issuerHint")).toEqual([]);
});

test("no sentence shouts, and none says that something went wrong", () => {
  for (const { words } of [english, german]) {
    const spoken = leaves(words).filter(([, value]) => typeof value === "string");
    expect(spoken.filter(([, value]) => /!|went wrong|schiefgegangen|schiefgelaufen/i.test(String(value)))).toEqual([]);
  }
});

test("the language is the one that was asked for, or the first that we have", () => {
  expect(chosen("de", ["en-US"])).toBe("de");
  expect(chosen("system", ["fr-FR", "de-AT", "en-US"])).toBe("de");
  expect(chosen("system", ["fr-FR"])).toBe("en");
  expect(chosen("tlh", ["de-DE"])).toBe("en");
  expect(chosen("system", ["constructor", "__proto__-x"])).toBe("en");
});

test("a length never promises less time than there is", () => {
  const { span } = format("en");
  expect([0, 48, 99, 100, 1_440, 3_600, 3_601, 6_000, 86_400, 172_800, 604_800].map(span)).toEqual([
    "0 s", "48 s", "99 s", "2 min", "24 min", "60 min", "1 h 1 min", "1 h 40 min", "24 h", "2 d", "7 d",
  ]);
});

test("a moment names its day once it is not today", () => {
  const { moment } = format("de-DE");
  const at = new Date(2026, 10, 24, 14, 2).getTime();
  expect(moment(at, at - 3_600_000)).toBe("14:02");
  expect(moment(at, at - 24 * 3_600_000)).toMatch(/^Di\.?, 14:02$/);
  expect(moment(at, at - 9 * 24 * 3_600_000)).toBe("24.11.2026, 14:02");
});

test("numbers are written as the language writes them", () => {
  expect(english.words.now.behind(1_200)).toBe("In line behind 1,200");
  expect(german.words.now.inLine(1_200)).toBe("In der Schlange: 1.200");
});

test("German knows the gate's troubles by their kind, and marks what it does not know", () => {
  const trouble = (kind: string) => german.words.gate.trouble({ kind, words: "The settings cannot be read: line 3: `patience`.", since: null, fix: "Fix.", blocks: true });
  expect(trouble("settings").words).toEqual({ text: "Die Einstellungen sind nicht lesbar: line 3: `patience`.", foreign: false });
  expect(trouble("audit").words.foreign).toBe(false);
  expect(trouble("brand_new")).toEqual({
    words: { text: "The settings cannot be read: line 3: `patience`.", foreign: true },
    fix: { text: "Fix.", foreign: true },
  });
});

test("every trouble of the core has its German words", () => {
  const kinds = [...troubles.matchAll(/^\s*Self::\w+(?:\(_\)| \{ \.\. \})? => "([a-z_]+)",$/gm)].map(([, kind]) => kind ?? "");
  expect(kinds.length).toBeGreaterThan(9);
  const unknown = [...kinds, "quiet"].filter((kind) => german.words.gate.trouble({ kind, words: "", since: null, fix: "", blocks: true }).words.foreign);
  expect(unknown).toEqual([]);
});

test("German knows the gate's fixed reasons, and keeps what changes in them", () => {
  const { reason } = german.words.gate;
  expect(reason("Approved on the phone by dana.")).toEqual({ text: "Am Telefon erlaubt von dana.", foreign: false });
  expect(reason("No answer in 10 minutes. Nothing was run.").text).toBe("Keine Antwort in 10 Minuten. Nichts wurde ausgeführt.");
  expect(reason("Something new.")).toEqual({ text: "Something new.", foreign: true });
  expect(english.words.gate.reason("Something new.").foreign).toBe(false);
});
