/** The time for countdowns. It stands still while nothing counts, so that an idle window costs nothing. */
const TICK = 500;

let now = $state(Date.now());

export const clock = {
  get now(): number {
    return now;
  },
};

export function run(): () => void {
  now = Date.now();
  const ticking = setInterval(() => {
    now = Date.now();
  }, TICK);
  return () => clearInterval(ticking);
}
