import type { Words } from "../en";
import type { Format } from "../format";

export const history = ({ number }: Format): Words["history"] => ({
  title: "Verlauf",
  search: "Suche",
  searchHint: "Ein Befehl, ein Ordner, eine Kennung",
  verdict: "Urteil",
  anyVerdict: "Jedes Urteil",
  agent: "Agent",
  anyAgent: "Jeder Agent",
  verdicts: { allow: "Erlaubt", deny: "Abgelehnt", no_word: "Kein Wort" },
  noted: "Vermerkt",
  rows: (count) => (count === 1 ? "1 Eintrag" : `${number(count)} Einträge`),
  looking: "Wird nachgeschlagen",
  older: "Ältere zeigen",
  newest: "Zurück zu den neuesten",
  details: { at: "Zeit", what: "Was", code: "Kennung", words: "Antwort", agent: "Agent" },
  empty: {
    title: "Noch ist nichts entschieden",
    next: "Schalte den Duo-Modus ein und lass deinen Agenten arbeiten. Jede Antwort wird hier aufgeschrieben.",
  },
  nothing: { title: "Nichts passt dazu", next: "Schreib weniger, oder sieh dir alles an.", clear: "Alles zeigen" },
  failed: "Das Protokoll ist nicht lesbar",
});
