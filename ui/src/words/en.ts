/** Everything that the window says in English, apart from what the gate says. */
import { admin } from "./en/admin";
import { agents } from "./en/agents";
import { history } from "./en/history";
import { now } from "./en/now";
import { rules } from "./en/rules";
import { settings } from "./en/settings";
import { setup } from "./en/setup";
import { gate } from "./en/gate";
import type { Format } from "./format";

export const en = (format: Format) => ({
  pages: { now: "Now", history: "History", rules: "Rules", agents: "Agents", settings: "Settings", setup: "Setup" },
  nav: "Pages",
  waitingBadge: (asks: number) => (asks === 1 ? "1 ask waits" : `${format.number(asks)} asks wait`),
  look: "Look",
  copy: "Copy",
  copied: "Copied",
  copyByHand: "Selected. Press Ctrl+C to copy.",
  close: "Close",
  now: now(format),
  setup: setup(),
  admin: admin(),
  agents: agents(),
  history: history(format),
  rules: rules(format),
  settings: settings(format),
  gate: gate(),
});

export type Words = ReturnType<typeof en>;
