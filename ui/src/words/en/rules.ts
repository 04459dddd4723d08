import type { Format } from "../format";

const verdicts: Record<string, string> = { "no word": "no word", push: "a push", deny: "denied" };

export const rules = ({ number }: Format) => ({
  title: "Rules",
  lead: "Tried from top to bottom; the first that matches decides. What Thumbturn protects by itself always rings, whatever stands here.",
  broken: "The file cannot be used, so the last good rules hold.",
  order: "In order",
  add: "Write a rule",
  none: "No rule is written. Whatever is not plainly harmless rings.",
  file: "Kept in",
  actions: { skip: "No push", push: "Push", ask: "The agent asks", deny: "Deny" },
  conditions: {
    agent: "Agent",
    tool: "Tool",
    command: "Command",
    path: "Path",
    mcp: "MCP",
    host: "Host",
    project: "Project",
  },
  factors: { push: "a push", verified_push: "a Verified Duo Push", universal_prompt: "Universal Prompt in the browser" },
  factor: (name: string) => `Needs ${name}`,
  up: (rule: string) => `Try ${rule} earlier`,
  down: (rule: string) => `Try ${rule} later`,
  edit: "Edit",
  editOne: (rule: string) => `Edit ${rule}`,
  remove: "Remove",
  removeOne: (rule: string) => `Remove ${rule}`,
  write: "The rule",
  writeNew: "A new rule, tried first",
  keep: "Keep",
  try: "Try it",
  cancel: "Cancel",
  waits: "Check your phone: this may loosen the rules.",
  tried: (decisions: number, changes: number) => {
    const of = decisions === 1 ? "the last decision" : `the last ${number(decisions)} decisions`;
    if (decisions === 0) return "Nothing was decided yet that it could be tried on.";
    if (changes === 0) return `Of ${of}, none would be another.`;
    return changes === 1 ? `Of ${of}, 1 would be another.` : `Of ${of}, ${number(changes)} would be others.`;
  },
  verdict: (verdict: string) => verdicts[verdict] ?? verdict,
  change: (before: string, after: string) => `${before} → ${after}`,
  suggestions: {
    title: "You always approve these",
    times: (times: number) => `Approved ${number(times)} times, never denied`,
    look: "Look at a rule",
  },
  fromDecision: "Make a rule from this",
});
