/** How an ask stands, in one line. */
import type { Phase } from "./generated/types";
import { secondsLeft } from "./waiting";
import { words } from "./words";

export function stand(phase: Phase, now: number): string {
  if ("ringing" in phase) {
    const { device, ends } = phase.ringing;
    return device === null ? words.onItsWay : words.checkPhone(secondsLeft(ends, now));
  }
  if ("in_line" in phase) return phase.in_line.ahead === 0 ? words.next : words.behind(phase.in_line.ahead);
  const { again } = phase.unanswered;
  return again === null ? words.unanswered : words.ringsAgain(secondsLeft(again, now));
}
