import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { later } from "./later";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

test("only the newest is done, once nobody asks for a while", () => {
  const done: number[] = [];
  const search = later(250);
  for (const n of [1, 2, 3]) {
    search.ask(() => done.push(n));
    vi.advanceTimersByTime(200);
  }
  expect(done).toEqual([]);
  vi.advanceTimersByTime(50);
  expect(done).toEqual([3]);
  vi.advanceTimersByTime(1_000);
  expect(done).toEqual([3]);
});

test("at once means once, and cancelled means never", () => {
  const done: number[] = [];
  const search = later(250);
  search.ask(() => done.push(1));
  search.now();
  search.now();
  search.ask(() => done.push(2));
  search.cancel();
  vi.advanceTimersByTime(1_000);
  expect(done).toEqual([1]);
});
