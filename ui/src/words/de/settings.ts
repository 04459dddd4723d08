import type { Words } from "../en";
import type { Format } from "../format";

export const settings = ({ span }: Format): Words["settings"] => ({
  title: "Einstellungen",
  device: {
    title: "Welches Telefon klingelt",
    first: "Das erste, das einen Push annimmt",
    unknown: (id) => `${id}, das Duo gerade nicht nennt`,
    none: "Duo hat noch keine Geräte genannt. Melde dich an, dann stehen sie hier.",
  },
  patience: {
    title: "Wie lange eine Anfrage wartet",
    hint: "Danach wird sie abgelehnt, und nichts wurde ausgeführt. Ein Klingeln dauert 60\u00a0s.",
  },
  session: { title: "Wie lange eine Anmeldung gilt", longer: "Länger geht nur, wenn du es am Telefon bestätigst." },
  offNeedsPush: {
    title: "Mein Telefon fragen, bevor der Duo-Modus ausgeht",
    hint: "Auch bei einem Klick in der Leiste oder in diesem Fenster. Das hier auszuschalten fragt zuerst dein Telefon.",
  },
  notifications: { title: "Mitteilungen auf dem Desktop", hint: "Wenn ein Push kommt, eine Anfrage abgelehnt wird oder eine Anmeldung fällig ist." },
  startAtLogin: {
    title: "Beim Anmelden am Rechner starten",
    hint: "Thumbturn startet in der Leiste. Der Duo-Modus bleibt bis zum Neustart, wie du ihn verlassen hast.",
  },
  language: { title: "Sprache", system: "Wie das System", en: "English", de: "Deutsch" },
  length: span,
  waits: "Wartet auf dein Telefon. Bis dahin steht hier, was gilt.",
  failed: "Nicht geändert.",
  groups: { asks: "Anfragen", desk: "Dieser Rechner", about: "Über Thumbturn" },
  about: {
    proxy: "Proxy",
    noProxy: "Keiner. Er lässt sich in der Datei setzen.",
    file: "Datei der Einstellungen",
    version: "Version",
    affiliation: "Thumbturn arbeitet mit Duo. Es wird weder von Duo noch von Cisco hergestellt, empfohlen oder betreut.",
  },
});
