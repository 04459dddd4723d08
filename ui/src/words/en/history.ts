import type { Format } from "../format";

export const history = ({ number }: Format) => ({
  title: "History",
  search: "Search",
  searchHint: "A command, a folder, a reference",
  verdict: "Verdict",
  anyVerdict: "Any verdict",
  agent: "Agent",
  anyAgent: "Any agent",
  verdicts: { allow: "Allowed", deny: "Denied", no_word: "No word" },
  noted: "Noted",
  rows: (count: number) => (count === 1 ? "1 entry" : `${number(count)} entries`),
  looking: "Looking it up",
  older: "Show older",
  newest: "Back to the newest",
  details: { at: "Time", what: "What", code: "Reference", words: "Answer", agent: "Agent" },
  empty: {
    title: "Nothing was decided yet",
    next: "Turn Duo mode on and let your agent work. Each answer is written down here.",
  },
  nothing: {
    title: "Nothing matches",
    next: "Type less, or look at everything.",
    clear: "Show everything",
  },
  failed: "The log cannot be read",
});
