/** What the gate offers, in the shape that the page asks for it. */
import type { Click, View } from "../generated/types";

export function offers(view: View, click: Click & string): boolean {
  return view.offers.includes(click);
}

/** Turning Duo mode on or off, whichever is offered: what the knob does. */
export function turn(view: View): Click | undefined {
  return view.offers.find((click) => click === "turn_off" || (typeof click === "object" && "turn_on" in click));
}

/** For how many milliseconds it may be held or paused, shortest first. */
export function lengths(view: View, what: "hold" | "pause"): number[] {
  const offered = view.offers.flatMap((click) => {
    if (typeof click !== "object") return [];
    if ("hold" in click) return what === "hold" ? [click.hold] : [];
    if ("pause" in click) return what === "pause" ? [click.pause] : [];
    return [];
  });
  return offered.sort((a, b) => a - b);
}

export function canSignIn(view: View): boolean {
  return view.offers.some((click) => typeof click === "object" && "sign_in" in click);
}

/** Whether Duo can be told a name: else the person types it in Setup. */
export function isKnown(view: View): boolean {
  return view.session !== null || view.who !== null;
}
