/** Whether an agent asks the gate, as far as its settings tell. */
import type { AgentRow } from "../generated/types";

export type Stand = "in" | "broken" | "out";

export function stands(row: Pick<AgentRow, "tier" | "faults">): Stand {
  if (row.faults.some((fault) => fault.is_broken)) return "broken";
  return row.tier === null ? "out" : "in";
}
