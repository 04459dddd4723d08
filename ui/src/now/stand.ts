/** How an ask stands, in one line. */
import type { Phase } from "../generated/types";
import type { Words } from "../words/catalogs";
import { secondsLeft } from "./waiting";

export function stand(phase: Phase, words: Words, now: number): string {
  const said = words.now;
  if ("ringing" in phase) {
    const { device, ends } = phase.ringing;
    return device === null ? said.onItsWay : said.checkPhone(secondsLeft(ends, now));
  }
  if ("in_browser" in phase) return said.inBrowser(secondsLeft(phase.in_browser.ends, now));
  if ("in_line" in phase) return phase.in_line.ahead === 0 ? said.next : said.behind(phase.in_line.ahead);
  const { again } = phase.unanswered;
  return again === null ? said.unanswered : said.ringsAgain(secondsLeft(again, now));
}
