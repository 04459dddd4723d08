import type { Words } from "../en";
import type { Format } from "../format";

const verdicts: Record<string, string> = { "no word": "kein Wort", push: "ein Push", deny: "abgelehnt" };

export const rules = ({ number }: Format): Words["rules"] => ({
  title: "Regeln",
  lead: "Von oben nach unten versucht; die erste, die passt, entscheidet. Was Thumbturn von sich aus schützt, klingelt immer, was auch hier steht.",
  broken: "Die Datei ist nicht brauchbar, darum gelten die letzten guten Regeln.",
  order: "Der Reihe nach",
  add: "Regel schreiben",
  none: "Keine Regel ist geschrieben. Was nicht offensichtlich harmlos ist, klingelt.",
  file: "Liegt in",
  actions: { skip: "Kein Push", push: "Push", ask: "Der Agent fragt", deny: "Ablehnen" },
  conditions: {
    agent: "Agent",
    tool: "Werkzeug",
    command: "Befehl",
    path: "Pfad",
    mcp: "MCP",
    host: "Host",
    project: "Projekt",
  },
  factors: { push: "einen Push", verified_push: "einen Verified Duo Push", universal_prompt: "Universal Prompt im Browser" },
  factor: (name) => `Braucht ${name}`,
  up: (rule) => `${rule} früher versuchen`,
  down: (rule) => `${rule} später versuchen`,
  edit: "Ändern",
  editOne: (rule) => `${rule} ändern`,
  remove: "Entfernen",
  removeOne: (rule) => `${rule} entfernen`,
  write: "Die Regel",
  writeNew: "Eine neue Regel, die zuerst versucht wird",
  keep: "Behalten",
  try: "Ausprobieren",
  cancel: "Abbrechen",
  waits: "Schau auf dein Telefon: Das kann die Regeln lockern.",
  tried: (decisions, changes) => {
    if (decisions === 0) return "Noch ist nichts entschieden, woran man sie versuchen könnte.";
    const of = decisions === 1 ? "Von der letzten Entscheidung" : `Von den letzten ${number(decisions)} Entscheidungen`;
    if (changes === 0) return `${of} wäre keine anders.`;
    return changes === 1 ? `${of} wäre 1 anders.` : `${of} wären ${number(changes)} anders.`;
  },
  verdict: (verdict) => verdicts[verdict] ?? verdict,
  change: (before, after) => `${before} → ${after}`,
  suggestions: {
    title: "Das erlaubst du immer",
    times: (times) => `${number(times)}-mal erlaubt, nie abgelehnt`,
    look: "Regel ansehen",
  },
  fromDecision: "Regel daraus machen",
});
