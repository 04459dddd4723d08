import type { Words } from "../en";

export const agents = (): Words["agents"] => ({
  title: "Agenten",
  lead: "Ein Agent fragt das Tor, weil es in seinen Einstellungen steht. Thumbturn schreibt den Eintrag, ändert sonst nichts an der Datei und passt auf, dass er bleibt.",
  unseen: "Kein Hook sieht, was ein Slash-Befehl oder ein Skill von sich aus ausführt, und nicht, was ein MCP-Server tut. Im README steht es für jeden Agenten.",
  stands: { in: "Fragt das Tor", broken: "Fragt das Tor nicht sicher", out: "Fragt das Tor nicht" },
  tiers: {
    project: "in einem Projekt",
    user: "in deinen Einstellungen",
    managed: "in den Einstellungen dieses Rechners",
  } as Record<string, string>,
  versionUnknown: "Version unbekannt",
  notHere: "hier nicht gefunden",
  seen: (ago) => `Tor gesehen ${ago}`,
  install: "Einbinden",
  again: "Neu einbinden",
  remove: "Herausnehmen",
  installOne: (agent) => `Das Tor in ${agent} einbinden`,
  removeOne: (agent) => `Das Tor aus ${agent} herausnehmen`,
  changes: (what) => `Was sich ändert: ${what}`,
  nothing: "Alles steht, wie es soll. Nichts würde sich ändern.",
  gone: "In seinen Einstellungen steht nichts vom Tor mehr. Thumbturn würde dort nur nicht mehr danach suchen.",
  doInstall: "So schreiben",
  doRemove: "Herausnehmen",
  cancel: "Abbrechen",
  close: "Schließen",
});
