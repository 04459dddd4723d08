/** What the gate says in English, translated by its kind. What is missing here stays English, and is marked as that. */
import type { TroubleWords } from "../../generated/types";
import { own, type Translated } from "../en/gate";
import type { Words } from "../en";
import { reasons } from "./reasons";

const TROUBLES: Record<string, { words: string; fix: string }> = {
  keychain_missing: {
    words: "Kein Schlüsselbund: Auf dem Sitzungsbus bietet nichts den Secret Service an.",
    fix: "Installiere gnome-keyring oder KWallet und melde dich neu am Desktop an.",
  },
  keychain_locked: { words: "Der Schlüsselbund ist gesperrt.", fix: "Entsperre ihn in der Passwort-App des Desktops." },
  signing_key_missing: {
    words: "Der Schlüssel von Thumbturn fehlt im Schlüsselbund.",
    fix: "Wähle „Make a new gate key“ im Menü der Leiste, oder gib `thumbturn-tray rekey` ein.",
  },
  pin_foreign: {
    words: "Der hinterlegte Schlüssel ist nicht der von Thumbturn.",
    fix: "Finde heraus, wer `gate.pub` geändert hat, und gib dann `thumbturn-tray rekey` ein.",
  },
  not_connected: {
    words: "Thumbturn ist nicht mit Duo verbunden.",
    fix: "Geh durch die Einrichtung, oder gib `thumbturn-tray connect` ein.",
  },
  settings: { words: "Die Einstellungen sind nicht lesbar.", fix: "Berichtige die Datei und starte Thumbturn neu." },
  rules: { words: "Die Regeln sind nicht brauchbar, darum gelten die letzten guten.", fix: "Berichtige die Datei; sie wird von selbst wieder gelesen." },
  audit: {
    words: "Das Protokoll kann nicht geschrieben werden.",
    fix: "Schaff Platz auf der Platte, und sieh nach, wem der Ordner des Protokolls gehört.",
  },
  endpoint_touched: {
    words: "Die Endpunkt-Datei wurde von etwas anderem geändert oder gelöscht und wiederhergestellt.",
    fix: "Finde heraus, was es war; sieh bis dahin genau hin, was deine Agenten tun.",
  },
  endpoint_unwritable: {
    words: "Die Endpunkt-Datei kann nicht geschrieben werden.",
    fix: "Sieh dir ihren Ordner an; Thumbturn versucht es von selbst wieder.",
  },
  session_not_kept: {
    words: "Der Schlüsselbund hat nicht behalten, wer angemeldet ist.",
    fix: "Entsperre ihn und melde dich noch einmal an; bis dahin endet die Sitzung mit Thumbturn.",
  },
  no_tray_host: {
    words: "Dieser Desktop hat keine Leiste für Symbole.",
    fix: "Nimm `thumbturn status` und dieses Fenster, oder installiere eine Erweiterung für die Leiste.",
  },
  duo_unreachable: { words: "Duo ist nicht erreichbar.", fix: "Prüfe das Netz. Mach Pause, oder warte: Anfragen bleiben in der Schlange." },
  agent: { words: "Ein Agent fragt das Tor nicht sicher.", fix: "Gib `thumbturn doctor` ein; es nennt den nächsten Schritt." },
  bypassed: {
    words: "Ein Agent hat etwas ausgeführt, was das Tor so nicht durchgelassen hat.",
    fix: "Sieh im Verlauf und im Agenten nach, was es war; `thumbturn doctor` sucht den Umweg.",
  },
  quiet: {
    words: "Am Telefon antwortet niemand.",
    fix: "Fünf Pushes nacheinander blieben unbeantwortet, darum kommen keine mehr: Duo würde dich aussperren. Wähle Noch einmal klingeln, wenn du da bist.",
  },
};

/** Names of details, as the gate writes them, in lower case. */
const DETAILS: Record<string, string> = {
  where: "Wo",
  session: "Sitzung",
  tool: "Werkzeug",
  input: "Eingabe",
  subagent: "Unteragent",
  "approved by": "Erlaubt von",
  device: "Gerät",
  "duo transaction": "Vorgang bei Duo",
};

/** Behind the first colon of a settings trouble stand line and key of the file. */
function trouble({ kind, words, fix }: TroubleWords): { words: Translated; fix: Translated } {
  const known = TROUBLES[kind];
  if (!known) return { words: foreign(words), fix: foreign(fix) };
  const detail = kind === "settings" ? words.split(": ").slice(1).join(": ") : "";
  const text = detail === "" ? known.words : `${known.words.slice(0, -1)}: ${detail}`;
  return { words: own(text), fix: own(known.fix) };
}

function reason(text: string): Translated {
  for (const [english, german] of reasons) {
    if (english.test(text)) return own(text.replace(english, german));
  }
  return foreign(text);
}

export const gate = (): Words["gate"] => ({
  trouble,
  reason,
  detail: (name) => {
    const known = DETAILS[name.toLowerCase()];
    return known === undefined ? foreign(name) : own(known);
  },
  other: reason,
});

function foreign(text: string): Translated {
  return { text, foreign: true };
}
