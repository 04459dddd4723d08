/** Which page the window shows, and what it needs of the gate for that. */
import type { Agents, History, Look, Page, Query, Rules, Settings, Setup, View } from "./generated/types";

export const PAGES = ["now", "history", "rules", "agents", "settings", "setup"] as const;
export type PageName = (typeof PAGES)[number];

export const NEWEST: Query = { text: "", verdict: null, agent: null, before: null };

/** A first start is led through Setup; everybody else wants to know what is going on. */
export function firstPage(view: View): PageName {
  return view.state === "not_set_up" ? "setup" : "now";
}

/** Now tells what was decided last, so it looks at the newest of the history. */
export function lookAt(page: PageName, query: Query): Look {
  if (page === "now") return { history: NEWEST };
  return page === "history" ? { history: query } : page;
}

export function setupOf(page: Page): Setup | undefined {
  return typeof page === "object" && "setup" in page ? page.setup : undefined;
}

export function historyOf(page: Page): History | undefined {
  return typeof page === "object" && "history" in page ? page.history : undefined;
}

export function rulesOf(page: Page): Rules | undefined {
  return typeof page === "object" && "rules" in page ? page.rules : undefined;
}

export function agentsOf(page: Page): Agents | undefined {
  return typeof page === "object" && "agents" in page ? page.agents : undefined;
}

export function settingsOf(page: Page): Settings | undefined {
  return typeof page === "object" && "settings" in page ? page.settings : undefined;
}

/** The page that an arrow leads to, round the end. */
export function beside(page: PageName, key: string): PageName | undefined {
  const at = PAGES.indexOf(page);
  const to = { ArrowLeft: at - 1, ArrowUp: at - 1, ArrowRight: at + 1, ArrowDown: at + 1, Home: 0, End: -1 }[key];
  return to === undefined ? undefined : PAGES.at(to % PAGES.length);
}
