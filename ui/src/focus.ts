/** Whether what had the focus is gone or hidden: then a person with a keyboard stands nowhere. */
export function isFocusLost(): boolean {
  const at = document.activeElement;
  return at === null || at === document.body || at.closest("[hidden]") !== null;
}
