// Made from thumbturn-core by its tests; `UPDATE=1 cargo test -p thumbturn-core typescript` writes it anew.

export type AskId = number;

export type Code = string;

export type Bound = "until_reboot" | { "until": number } | { "project": string };

export type Mode = "off" | { "on": Bound } | "locked";

export type Click = { "turn_on": Bound } | "turn_off" | "lock" | "sign_in" | "cancel_sign_in" | "sign_out" | { "deny": AskId } | { "ring_again": AskId } | "remake_key";

export type State = "not_set_up" | "off" | "on" | "waiting" | "sign_in_needed" | "locked" | "trouble";

export type Phase = { "ringing": { since: number, ends: number, device: string | null, verification_code: string | null, } } | { "in_line": { ahead: number, } } | { "unanswered": { again: number | null, } };

export type Waiting = { id: AskId, code: Code, 
/**
 * "Claude Code", or "thumbturn off" for a deed.
 */
agent: string, 
/**
 * "Bash: git push origin main", whole.
 */
title: string, 
/**
 * Where it would run.
 */
place: string, phase: Phase, 
/**
 * When its patience ends, in milliseconds since the Unix epoch.
 */
ends: number, 
/**
 * Whether *Ring again* makes sense: it does not ring by itself now, and a whole ring still fits.
 */
can_ring: boolean, };

export type TroubleWords = { 
/**
 * What is wrong.
 */
words: string, 
/**
 * The one next step.
 */
fix: string, 
/**
 * Whether nothing is let through while it lasts.
 */
blocks: boolean, };

export type View = { state: State, 
/**
 * What the knob shows, whatever the state.
 */
mode: Mode, 
/**
 * "On. Every risky call needs your thumb."
 */
headline: string, 
/**
 * How far it reaches: "Until reboot", "For 1 h 40 min more", "Only in /home/dana/shop".
 */
reach: string | null, 
/**
 * The Duo user whose phone rings.
 */
who: string | null, 
/**
 * Longest waiting first.
 */
waiting: Array<Waiting>, troubles: Array<TroubleWords>, 
/**
 * What a click may do, of what is no answer to a question.
 */
offers: Array<Click>, };
