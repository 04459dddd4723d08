/** The time for countdowns. Seconds are counted only while something shows them, so that an idle window costs little. */
export const SECONDS = 500;
export const MINUTES = 15_000;

let now = $state(Date.now());

export const clock = {
  get now(): number {
    return now;
  },
};

export function run(tick: number): () => void {
  now = Date.now();
  const ticking = setInterval(() => {
    now = Date.now();
  }, tick);
  return () => clearInterval(ticking);
}
