import type { Format } from "../format";

export const settings = ({ span }: Format) => ({
  title: "Settings",
  device: {
    title: "Which phone rings",
    first: "The first that takes a push",
    unknown: (id: string) => `${id}, which Duo does not list now`,
    none: "Duo has not told which devices there are. Sign in, and they stand here.",
  },
  patience: {
    title: "How long an ask waits",
    hint: "Then it is denied, and nothing was run. One ring takes 60\u00a0s.",
  },
  session: {
    title: "How long a sign-in lasts",
    longer: "Making it longer asks your phone first.",
  },
  offNeedsPush: {
    title: "Ask my phone before Duo mode turns off",
    hint: "Also for a click in the tray or in this window. Turning this setting off asks your phone first.",
  },
  notifications: { title: "Desktop notifications", hint: "When a push is sent, an ask is denied, or a sign-in is due." },
  startAtLogin: { title: "Start at login", hint: "Thumbturn starts in the tray. Duo mode stays as you left it until a reboot." },
  language: { title: "Language", system: "As the system", en: "English", de: "Deutsch" },
  length: span,
  waits: "Waits for your phone. What holds until then is shown.",
  failed: "Not changed.",
  groups: { asks: "Asks", desk: "This desk", about: "About" },
  about: {
    proxy: "Proxy",
    noProxy: "None. Set one in the file.",
    file: "Settings file",
    version: "Version",
    affiliation: "Thumbturn works with Duo. It is not made, endorsed or supported by Duo or Cisco.",
  },
});
