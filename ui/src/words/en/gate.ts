/** What the gate says is English already. Its sentences pass as they are. */
import type { TroubleWords } from "../../generated/types";

export interface Translated {
  text: string;
  /** Whether it still stands in English on a page of another language. */
  foreign: boolean;
}

export const gate = () => ({
  trouble: ({ words, fix }: TroubleWords): { words: Translated; fix: Translated } => ({ words: own(words), fix: own(fix) }),
  /** Why an ask was answered as it was. */
  reason: own,
  /** The name of a detail. */
  detail: own,
  /** Anything else that the gate says. */
  other: own,
});

/** Words of the page itself. */
export function own(text: string): Translated {
  return { text, foreign: false };
}
