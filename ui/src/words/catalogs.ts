/** The languages of the page. Another one is a file beside `de.ts`, listed here. */
import { de } from "./de";
import { en, type Words } from "./en";
import { format, type Format } from "./format";

export type { Words };

export const catalogs = { en, de };
export type Language = keyof typeof catalogs;

export interface Spoken {
  language: Language;
  words: Words;
  format: Format;
}

/** The first of the person's languages that has a catalog; English where none has. */
export function chosen(asked: string, preferred: readonly string[]): Language {
  const wanted = asked === "system" ? preferred : [asked];
  const known = wanted.map((tag) => tag.split("-")[0] ?? "").find((language) => Object.hasOwn(catalogs, language));
  return known === undefined ? "en" : (known as Language);
}

/** With the person's own region, so that an hour looks as it does elsewhere on this desktop. */
export function speaking(asked: string, preferred: readonly string[]): Spoken {
  const language = chosen(asked, preferred);
  const locale = preferred.find((tag) => tag.split("-")[0] === language) ?? language;
  const made = format(locale);
  return { language, words: catalogs[language](made), format: made };
}
