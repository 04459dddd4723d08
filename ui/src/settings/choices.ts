/** What can be chosen, and what loosens. */
import type { Setting, Settings } from "../generated/types";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** From a whole ring and the way back up to the hook's own patience. */
const PATIENCE = [62_000, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE];
const LIFETIME = [HOUR, 8 * HOUR, 24 * HOUR, 7 * 24 * HOUR];

/** With what the file says, which may be none of ours. */
function withSet(choices: readonly number[], set: number): number[] {
  return [...new Set([...choices, set])].sort((a, b) => a - b);
}

export function patienceChoices(set: number): number[] {
  return withSet(PATIENCE, set);
}

export function lifetimeChoices(set: number): number[] {
  return withSet(LIFETIME, set);
}

export type Key = "device" | "patience" | "session_lifetime" | "require_push_to_turn_off" | "notifications" | "start_at_login" | "language";

export function keyOf(setting: Setting): Key {
  return Object.keys(setting)[0] as Key;
}

/** Whether the phone is asked before it holds. */
export function loosens(setting: Setting, held: Settings): boolean {
  if ("session_lifetime" in setting) return setting.session_lifetime > held.session_lifetime;
  return "require_push_to_turn_off" in setting && held.require_push_to_turn_off && !setting.require_push_to_turn_off;
}

/** Whether what was asked for holds by now. */
export function holds(setting: Setting, held: Settings, language: string): boolean {
  if ("device" in setting) return setting.device === held.device;
  if ("patience" in setting) return setting.patience === held.patience;
  if ("session_lifetime" in setting) return setting.session_lifetime === held.session_lifetime;
  if ("require_push_to_turn_off" in setting) return setting.require_push_to_turn_off === held.require_push_to_turn_off;
  if ("notifications" in setting) return setting.notifications === held.notifications;
  if ("start_at_login" in setting) return setting.start_at_login === held.start_at_login;
  return "language" in setting && setting.language === language;
}
