/**
 * Foreign text as it is: what would hide, reorder or vanish on screen is written out, so that the command on the
 * page is the command that runs.
 */
const UNSEEN =
  /(?![\n\t])[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Cs}\p{Zl}\p{Zp}\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0e\uffa0]/gu;

export function plain(text: string): string {
  return text.replace(UNSEEN, (hidden) => {
    const point = hidden.codePointAt(0) ?? 0;
    return `⟨U+${point.toString(16).toUpperCase().padStart(4, "0")}⟩`;
  });
}
