import { describe, expect, test } from 'vitest';
import { createCache } from '@millpond/core';

/** Numbers from 0 to 1, the same in every run (a linear congruence). */
function numbers(): () => number {
  let state = 20_240_421;
  return () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
}

const OBJECTS = 3_000;
const LENGTH = 40_000;

/** Draws objects, of which the n-th is asked for in proportion to 1 / n (Zipf). */
function popular(random: () => number): () => number {
  return () => Math.floor(OBJECTS ** random()) - 1;
}

/** What is popular, and one request in four of a walk through what nobody asks for again. */
function withScans(): number[] {
  const random = numbers();
  const next = popular(random);
  let [left, page] = [0, OBJECTS];
  return Array.from({ length: LENGTH }, () => {
    if (left === 0 && random() < 1 / 1500) left = 500;
    if (left === 0) return next();
    left -= 1;
    return page++;
  });
}

/** What is popular moves on all the time. */
function shifting(): number[] {
  const next = popular(numbers());
  return Array.from({ length: LENGTH }, (_, index) => next() + Math.floor(index / 1000) * 10);
}

/** Forty users at a time ask for five things of their own, thirty times or so, and leave. */
function sessions(): number[] {
  const random = numbers();
  let users = 0;
  const begin = (): { readonly user: number; left: number } => ({ user: users++, left: 1 + Math.floor(60 * random()) });
  const open = Array.from({ length: 40 }, begin);
  return Array.from({ length: LENGTH }, () => {
    const place = Math.floor(40 * random());
    let session = open[place] ?? begin();
    if (session.left === 0) open[place] = session = begin();
    session.left -= 1;
    return session.user * 5 + Math.floor(5 * random());
  });
}

function hits(trace: readonly number[], maxEntries: number): number {
  const load = createCache().cacheDataSync((key: number) => key, { maxEntries });
  for (const key of trace) load(key);
  return load.stats().hits;
}

/** The same for a cache that evicts what was not used for the longest. */
function hitsByAge(trace: readonly number[], maxEntries: number): number {
  const kept = new Set<number>();
  let hits = 0;
  for (const key of trace) {
    if (kept.delete(key)) hits += 1;
    else if (kept.size === maxEntries) kept.delete(kept.values().next().value ?? NaN);
    kept.add(key);
  }
  return hits;
}

describe('memory finds as many requests as one that evicts what was not used for the longest', () => {
  test.each<[string, readonly number[], number, number]>([
    ['and many more when some walk through what nobody asks for again', withScans(), 100, 1.15],
    ['and more in a large part of all, too', withScans(), 600, 1.03],
    ['and more while what is popular changes', shifting(), 200, 1.05],
    ['and nearly as many of users who come and go', sessions(), 260, 0.95],
  ])('%s', (_, trace, room, least) => {
    expect(hits(trace, room) / hitsByAge(trace, room)).toBeGreaterThanOrEqual(least);
  });
});
