/** The log as a diary: newest first, one heading a day. */
import type { Query, Row } from "../generated/types";
import { sameDay } from "../words/format";

export interface Day {
  at: number;
  rows: Row[];
}

export function byDay(rows: readonly Row[]): Day[] {
  const days: Day[] = [];
  for (const row of rows) {
    const last = days.at(-1);
    if (last && sameDay(last.at, row.at)) last.rows.push(row);
    else days.push({ at: row.at, rows: [row] });
  }
  return days;
}

export function isSame(one: Query, other: Query): boolean {
  return one.text === other.text && one.verdict === other.verdict && one.agent === other.agent && one.before === other.before;
}

/** Whether anything is asked for but everything. */
export function isNarrowed({ text, verdict, agent }: Query): boolean {
  return text !== "" || verdict !== null || agent !== null;
}
