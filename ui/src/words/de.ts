/** Everything that the window says in German. */
import type { Words } from "./en";
import { admin } from "./de/admin";
import { agents } from "./de/agents";
import { gate } from "./de/gate";
import { history } from "./de/history";
import { now } from "./de/now";
import { rules } from "./de/rules";
import { settings } from "./de/settings";
import { setup } from "./de/setup";
import type { Format } from "./format";

export const de = (format: Format): Words => ({
  pages: { now: "Jetzt", history: "Verlauf", rules: "Regeln", agents: "Agenten", settings: "Einstellungen", setup: "Einrichtung" },
  nav: "Seiten",
  waitingBadge: (asks) => (asks === 1 ? "1 Anfrage wartet" : `${format.number(asks)} Anfragen warten`),
  look: "Ansehen",
  copy: "Kopieren",
  copied: "Kopiert",
  copyByHand: "Ausgewählt. Mit Strg+C kopieren.",
  close: "Schließen",
  now: now(format),
  setup: setup(),
  admin: admin(),
  agents: agents(),
  history: history(format),
  rules: rules(format),
  settings: settings(format),
  gate: gate(),
});
