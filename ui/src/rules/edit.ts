/** What an edit is about. */
import type { RulesEdit } from "../generated/types";

/** The rule that it writes, if it writes one. */
export function textOf(edit: RulesEdit): string | undefined {
  if ("insert" in edit) return edit.insert.text;
  return "replace" in edit ? edit.replace.text : undefined;
}

export function placeOf(edit: RulesEdit): { at: number; isNew: boolean } {
  if ("insert" in edit) return { at: edit.insert.at, isNew: true };
  if ("replace" in edit) return { at: edit.replace.at, isNew: false };
  return { at: "move" in edit ? edit.move.at : edit.remove.at, isNew: false };
}

export function editOf(at: number, isNew: boolean, text: string): RulesEdit {
  return isNew ? { insert: { at, text } } : { replace: { at, text } };
}
