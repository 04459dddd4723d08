/** Puts text on the clipboard, or says that it could not: then the person presses the keys. */
export async function copy(text: string, shown: Element): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    select(shown);
    // Deprecated, and the only way left where the engine has no clipboard for a page.
    return document.execCommand("copy");
  }
}

function select(shown: Element): void {
  const range = document.createRange();
  range.selectNodeContents(shown);
  const selection = getSelection();
  selection?.removeAllRanges();
  selection?.addRange(range);
}
