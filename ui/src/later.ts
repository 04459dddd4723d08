/** Does the newest of what it was asked to, once nobody asked for a while. */
export interface Later {
  ask(deed: () => void): void;
  /** At once, if anything is left to do. */
  now(): void;
  cancel(): void;
}

export function later(wait: number): Later {
  let left: (() => void) | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const cancel = (): void => {
    clearTimeout(timer);
    left = undefined;
  };
  const now = (): void => {
    const deed = left;
    cancel();
    deed?.();
  };
  return {
    cancel,
    now,
    ask: (deed) => {
      clearTimeout(timer);
      left = deed;
      timer = setTimeout(now, wait);
    },
  };
}
