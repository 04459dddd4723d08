/** The words of the page, in the language that the gate names. */
import { speaking, type Spoken } from "./catalogs";

export type { Words } from "./catalogs";

let now = $state.raw(speaking("system", navigator.languages));
let asked = "system";

export const spoken: Readonly<Spoken> = {
  get language() {
    return now.language;
  },
  get words() {
    return now.words;
  },
  get format() {
    return now.format;
  },
};

export function speak(language: string): void {
  if (language === asked) return;
  asked = language;
  now = speaking(language, navigator.languages);
}
