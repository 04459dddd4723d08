/** Which ask stands first, and how long it still has. */
import type { Waiting } from "../generated/types";

export type Kind = "ringing" | "in_browser" | "in_line" | "unanswered";

export function kind({ phase }: Waiting): Kind {
  if ("ringing" in phase) return "ringing";
  if ("in_browser" in phase) return "in_browser";
  if ("in_line" in phase) return "in_line";
  return "unanswered";
}

function place(waiting: Waiting): number {
  const { phase } = waiting;
  if ("ringing" in phase || "in_browser" in phase) return -1;
  if ("in_line" in phase) return phase.in_line.ahead;
  return Number.MAX_SAFE_INTEGER;
}

/** What rings, then the line in its order, then what rang in vain; else as it came. */
export function inOrder(waiting: readonly Waiting[]): Waiting[] {
  return waiting.toSorted((a, b) => place(a) - place(b));
}

export function secondsLeft(ends: number, now: number): number {
  return Math.max(0, Math.ceil((ends - now) / 1000));
}

/** From 1 at the start to 0 at the end, in whole seconds: the bar moves with the number beside it, not more often. */
export function share(since: number, ends: number, now: number): number {
  if (ends <= since) return 0;
  return Math.min(1, (secondsLeft(ends, now) * 1000) / (ends - since));
}
