/** The time for countdowns. Seconds are counted only while something shows them, so that an idle window costs little. */
export const SECONDS = 500;
export const MINUTES = 15_000;

let now = $state(Date.now());

export const clock = {
  get now(): number {
    return now;
  },
};

/** What was just heard is not shown by an old clock: 30 minutes would be 31. */
export function set(): void {
  now = Date.now();
}

export function run(tick: number): () => void {
  set();
  const ticking = setInterval(set, tick);
  return () => clearInterval(ticking);
}
