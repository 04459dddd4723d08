/** How long a session still lasts, in the words that its end calls for. */
import type { SessionView } from "../generated/types";
import type { Words } from "../words/catalogs";
import { secondsLeft } from "./waiting";

/** From here on the end is near enough to count down. */
export const SOON = 30 * 60_000;

export function isSoonOver({ ends, is_over }: SessionView, now: number): boolean {
  return !is_over && ends - now <= SOON;
}

export function lasts(session: SessionView, words: Words, now: number): string {
  if (session.is_over) return words.now.over(session.ends, now);
  if (isSoonOver(session, now)) return words.now.endsIn(secondsLeft(session.ends, now));
  return words.now.until(session.ends, now);
}
