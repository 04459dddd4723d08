/** The state of the gate in one sentence, in the language of the page. */
import type { View, Waiting } from "../generated/types";
import type { Words } from "../words/catalogs";
import { kind, secondsLeft } from "./waiting";

/** Without `now` it names no time that runs, so that a screen reader hears it once. */
export function headline(view: View, words: Words, now?: number): string {
  const said = words.now.headline;
  if (isUnknown(view)) return said.keychain;
  switch (view.state) {
    case "not_set_up":
      return said.notSetUp;
    case "off":
      return isPaused(view) ? paused(view, words, now) : said.off;
    case "on":
      return view.held_until === null ? said.on : said.held;
    case "waiting":
      return waiting(view, words);
    case "sign_in_needed":
      return signIn(view, words);
    case "locked":
      if (view.sign_in) return view.sign_in.address === null ? said.lockedByPush : said.lockedInBrowser;
      return said.locked;
    case "trouble":
      return trouble(view, words);
  }
}

/** Whether the keychain has yet to tell who is signed in: with one of these states somebody is. */
export function isUnknown({ state, session, who }: View): boolean {
  return (state === "off" || state === "on" || state === "waiting") && session === null && who === null;
}

export function isPaused({ mode }: View): boolean {
  return typeof mode === "object" && "paused" in mode;
}

/** How far it reaches, where it is on. */
export function reach({ mode, mode_until }: View, words: Words, now: number): string | undefined {
  if (typeof mode !== "object" || !("on" in mode)) return undefined;
  const said = words.now.reach;
  if (mode.on === "until_reboot") return said.reboot;
  if ("project" in mode.on) return said.project(mode.on.project);
  return mode_until === null ? undefined : said.more(secondsLeft(mode_until, now));
}

function paused({ mode_until }: View, words: Words, now?: number): string {
  const left = now === undefined || mode_until === null ? undefined : secondsLeft(mode_until, now);
  return words.now.headline.paused(left);
}

function waiting(view: View, words: Words): string {
  const said = words.now.headline;
  const count = view.waiting.length;
  if (view.waiting.some((one: Waiting) => kind(one) === "ringing")) return said.ringing(count);
  if (view.waiting.some((one: Waiting) => kind(one) === "in_browser")) return said.stepUp(count);
  if (view.held_until !== null) return said.heldWaiting(count);
  if (view.troubles.some((one) => one.kind === "duo_unreachable")) return said.unreachable(count);
  return view.troubles.some((one) => one.kind === "quiet") ? said.quiet(count) : said.waiting(count);
}

function signIn(view: View, words: Words): string {
  const said = words.now.headline;
  if (view.sign_in) return view.sign_in.address === null ? said.byPush : said.inBrowser;
  return view.session?.is_over ? said.sessionOver : said.signIn;
}

function trouble(view: View, words: Words): string {
  const said = words.now.headline;
  const blocking = view.troubles.filter((one) => one.blocks);
  const worst = blocking.find((one) => one.kind !== "not_connected") ?? blocking[0];
  if (!worst) return view.headline;
  const why = words.gate.trouble(worst).words.text;
  if (view.mode === "locked") return said.troubleLocked(why);
  return typeof view.mode === "object" && "on" in view.mode ? said.troubleOn(why) : said.troubleOff(why);
}
