// Made from thumbturn-pipe by its tests; `UPDATE=1 cargo test -p thumbturn-pipe typescript` writes it anew.

export type AskId = number;

export type Code = string;

export type Bound = "until_reboot" | { "until": number } | { "project": string };

export type Mode = "off" | { "on": Bound } | { "paused": { until: number, bound: Bound, } } | "locked";

export type Verdict = "allow" | "deny" | "no_word";

export type Agent = "claude" | "codex" | "gemini" | "copilot";

export type AgentView = { agent: Agent, 
/**
 * "Claude Code".
 */
name: string, 
/**
 * In milliseconds since the Unix epoch.
 */
seen_at: number, 
/**
 * "2 s ago".
 */
seen: string, };

export type Way = "universal_prompt" | "single_sign_on" | "push";

export type Setting = { "device": string | null } | { "patience": number } | { "session_lifetime": number } | { "require_push_to_turn_off": boolean } | { "notifications": boolean } | { "start_at_login": boolean } | { "language": string } | { "rules": { words: string, digest: string, } };

export type Click = { "turn_on": Bound } | "turn_off" | { "pause": number } | { "hold": number } | "end_hold" | "lock" | { "sign_in": { user: string | null, } } | "cancel_sign_in" | "sign_out" | "test_push" | { "deny": AskId } | { "ring_again": AskId } | { "end_grant": GrantId } | "end_grants" | { "passcode": AskId } | { "set": Setting } | "remake_key";

export type State = "not_set_up" | "off" | "on" | "waiting" | "sign_in_needed" | "locked" | "trouble";

export type Phase = { "ringing": { since: number, ends: number, device: string | null, verification_code: string | null, } } | { "in_browser": { since: number, ends: number, 
/**
 * Where it opens, once it does.
 */
address: string | null, } } | { "in_line": { ahead: number, } } | { "unanswered": { again: number | null, } };

export type PasscodeView = "none" | "checking" | "wrong";

export type Card = { 
/**
 * Duo's `type`: a whole phrase, shown above the rows.
 */
kind: string, 
/**
 * Duo's `pushinfo`, in order.
 */
pairs: Array<[string, string]>, };

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
place: string, 
/**
 * What the phone shows.
 */
card: Card, phase: Phase, 
/**
 * When its patience ends, in milliseconds since the Unix epoch.
 */
ends: number, 
/**
 * Whether *Ring again* makes sense: it does not ring by itself now, and a whole ring still fits.
 */
can_ring: boolean, 
/**
 * A passcode that was typed for it.
 */
passcode: PasscodeView, };

export type TroubleWords = { 
/**
 * Names it for whoever has words of its own for it, such as `keychain_locked`.
 */
kind: string, 
/**
 * What is wrong.
 */
words: string, 
/**
 * Since when, in milliseconds since the Unix epoch, where that matters.
 */
since: number | null, 
/**
 * The one next step.
 */
fix: string, 
/**
 * Whether nothing is let through while it lasts.
 */
blocks: boolean, };

export type GrantId = number;

export type GrantView = { id: GrantId, 
/**
 * The reference of the ask whose approval made it.
 */
code: Code, 
/**
 * What the card said.
 */
words: string, 
/**
 * "Claude Code"
 */
agent: string, 
/**
 * The agent's own name for its session.
 */
session: string, 
/**
 * When it ends at the latest, in milliseconds since the Unix epoch.
 */
until: number, 
/**
 * For how many asks it may still be used.
 */
left: number, 
/**
 * In milliseconds since the Unix epoch.
 */
made_at: number, };

export type SessionView = { user: string, way: Way, 
/**
 * In milliseconds since the Unix epoch.
 */
ends: number, is_over: boolean, };

export type SignInView = { 
/**
 * Where the browser opens, for whoever must open it by hand; none for a push.
 */
address: string | null, 
/**
 * What a push that signs in wants typed on the phone.
 */
verification_code: string | null, 
/**
 * In milliseconds since the Unix epoch.
 */
ends: number, };

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
who: string | null, session: SessionView | null, 
/**
 * The sign-in that is open in the browser.
 */
sign_in: SignInView | null, 
/**
 * Until when asks wait in silence, in milliseconds since the Unix epoch.
 */
held_until: number | null, 
/**
 * When a pause or a bound of time is over, in milliseconds since the Unix epoch.
 */
mode_until: number | null, 
/**
 * Longest waiting first.
 */
waiting: Array<Waiting>, troubles: Array<TroubleWords>, 
/**
 * What approvals have granted, the oldest first.
 */
grants: Array<GrantView>, 
/**
 * The agents that were heard of since the gate started.
 */
agents: Array<AgentView>, 
/**
 * What a click may do, of what is no answer to a question.
 */
offers: Array<Click>, };

export type Connection = { host: string, integration_key: string, way: Way, 
/**
 * Of the Web SDK or single sign-on application.
 */
client_id: string | null, issuer: string | null, 
/**
 * Whether this tenant forces Verified Duo Push, as far as a push has shown it.
 */
verified_push: boolean | null, };

export type HostCheck = { host: string, 
/**
 * `None` while it is being checked.
 */
answers: boolean | null, 
/**
 * What is wrong, and the next step.
 */
words: string, };

export type Field = "host" | "integration_key" | "secret_key" | "client_id" | "client_secret" | "issuer" | "ca";

export type Failure = { 
/**
 * Where to look first.
 */
field: Field | null, 
/**
 * What is wrong, and the next step.
 */
words: string, };

export type TestPush = "untried" | "waiting" | { "approved": { device: string, } } | { "failed": { words: string, } };

export type Setup = { 
/**
 * The connection that stands, without its secrets.
 */
connection: Connection | null, 
/**
 * What Duo said of the hostname that was typed last.
 */
host: HostCheck | null, 
/**
 * Whether a connection is being checked, or waits for an approval over the old one.
 */
connecting: boolean, 
/**
 * What the push over the old connection wants typed on the phone, where it wants that.
 */
verification_code: string | null, 
/**
 * Why the last connection was not kept.
 */
failure: Failure | null, test: TestPush, };

export type Query = { 
/**
 * Anywhere in a row, whatever the case.
 */
text: string, verdict: Verdict | null, agent: string | null, 
/**
 * Only rows before this place in the log.
 */
before: number | null, };

export type Row = { 
/**
 * Its place in the log.
 */
id: number, 
/**
 * In milliseconds since the Unix epoch.
 */
at: number, 
/**
 * Of an answer; other rows have none.
 */
code: string | null, 
/**
 * "Claude Code"; "Thumbturn" for what is no ask.
 */
agent: string, 
/**
 * "Bash: git push origin main", whole.
 */
what: string, verdict: Verdict | null, 
/**
 * Why, and by whom.
 */
words: string, 
/**
 * Whether an agent asked it, so that a rule can be made from it.
 */
is_ask: boolean, 
/**
 * Everything else that is known, name and value.
 */
detail: Array<[string, string]>, };

export type History = { query: Query, rows: Array<Row>, 
/**
 * What [`Query::before`] is to be for the rows after these; none where these are the last.
 */
more: number | null, 
/**
 * Every agent that the log names, for the filter.
 */
agents: Array<string>, 
/**
 * Whether the log holds nothing at all.
 */
empty: boolean, 
/**
 * Why the log cannot be read, where it cannot.
 */
failure: string | null, };

export type Device = { id: string, name: string, };

export type RulesEdit = { "insert": { at: number, text: string, } } | { "replace": { at: number, text: string, } } | { "move": { at: number, to: number, } } | { "remove": { at: number, } };

export type Rule = { name: string, line: number, 
/**
 * "skip", "push", "ask" or "deny".
 */
action: string, 
/**
 * What it matches, one condition each: name and value.
 */
matches: Array<[string, string]>, 
/**
 * What an approval under it covers.
 */
grant: string | null, factor: string | null, note: string | null, 
/**
 * As it stands in the file, comments included.
 */
text: string, };

export type Tried = { decisions: number, 
/**
 * Those that would be other ones; the newest first.
 */
changes: Array<Change>, };

export type Change = { code: string, what: string, 
/**
 * "no word", "push" or "deny".
 */
before: string, after: string, };

export type Draft = { edit: RulesEdit, 
/**
 * Why it cannot be kept.
 */
failure: string | null, 
/**
 * Whether it waits for a push.
 */
waits: boolean, tried: Tried | null, };

export type Suggestion = { 
/**
 * "Bash: npm ci", approved 4 times.
 */
what: string, times: number, text: string, };

export type Rules = { 
/**
 * Where the rules lie.
 */
file: string, 
/**
 * In the order in which they are tried.
 */
rules: Array<Rule>, 
/**
 * Why the file as it stands is not in force: line, key, and the next step.
 */
failure: string | null, 
/**
 * What is being written or tried.
 */
draft: Draft | null, suggestions: Array<Suggestion>, };

export type AgentRow = { agent: Agent, 
/**
 * "Claude Code".
 */
name: string, 
/**
 * Where its program lies; none where it was not found.
 */
program: string | null, version: string | null, 
/**
 * "project", "user" or "managed", where the gate is in.
 */
tier: string | null, 
/**
 * In milliseconds since the Unix epoch.
 */
seen_at: number | null, 
/**
 * The worst first.
 */
faults: Array<AgentFault>, 
/**
 * Whether putting the gate in, once more where it was, changes anything.
 */
can_install: boolean, };

export type AgentFault = { 
/**
 * What is wrong.
 */
words: string, 
/**
 * The one next step.
 */
fix: string, 
/**
 * Whether the agent does not ask for sure because of it.
 */
is_broken: boolean, };

export type AgentDeed = "install" | "remove";

export type FileChange = { path: string, 
/**
 * Each with its sign: "+", "-", " ", or "…" where lines are left out.
 */
lines: Array<[string, string]>, };

export type AgentPlan = { agent: Agent, deed: AgentDeed, files: Array<FileChange>, 
/**
 * Why it cannot be done, and the next step.
 */
failure: string | null, };

export type Agents = { 
/**
 * All that we speak to, installed here or not.
 */
agents: Array<AgentRow>, 
/**
 * What a click would change.
 */
plan: AgentPlan | null, };

export type Settings = { device: string | null, 
/**
 * Those that can ring; empty until Duo told.
 */
devices: Array<Device>, 
/**
 * In milliseconds.
 */
patience: number, 
/**
 * In milliseconds.
 */
session_lifetime: number, require_push_to_turn_off: boolean, notifications: boolean, start_at_login: boolean, proxy: string | null, 
/**
 * Where the settings lie.
 */
file: string, version: string, 
/**
 * Why the last change was not kept.
 */
failure: string | null, };

export type Page = "now" | { "setup": Setup } | { "history": History } | { "rules": Rules } | { "agents": Agents } | { "settings": Settings };

export type Shown = { view: View, page: Page, 
/**
 * "system", or a language such as "de".
 */
language: string, };

export type Look = "now" | "setup" | { "history": Query } | "rules" | "agents" | "settings";

export type Typed = string;

export type SignInWith = { "universal_prompt": { client_id: string, client_secret: Typed, } } | { "single_sign_on": { issuer: string, client_id: string, client_secret: Typed | null, } } | "push";

export type Connect = { 
/**
 * API hostname.
 */
host: string, 
/**
 * Of the Auth API application.
 */
integration_key: string, secret_key: Typed, sign_in: SignInWith, 
/**
 * Certificate authority to trust in place of Duo's, in PEM: for a tenant on this machine.
 */
ca: string | null, };

export type Said = { "click": Click } | { "look": Look } | { "check_host": { host: string, ca: string | null, } } | { "connect": Connect } | { "passcode": { ask: AskId, passcode: Typed, } } | { "try_rules": RulesEdit } | { "edit_rules": RulesEdit } | { "draft_rule": number } | "forget_draft" | { "plan_agent": { agent: Agent, deed: AgentDeed, } } | "change_agent" | "forget_plan";
