import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { adopt, keep } from '../../../packages/core/src/copy/index.js';

/** The bytes that a master takes in this process, counted by filling the heap with many. */
async function measured(make: (index: number) => unknown, count: number): Promise<{ real: number; estimated: number }> {
  // The first one brings what all share: code, hidden classes.
  const warm = keep(make(-1), { fn: 'load', mode: 'clone' });
  const masters: unknown[] = Array.from({ length: count }, () => warm);
  const before = await used();
  let estimated = 0;
  for (let index = 0; index < count; index++) {
    const { master, bytes } = keep(make(index), { fn: 'load', mode: 'clone' });
    masters[index] = master;
    estimated += bytes;
  }
  const real = (await used()) - before;
  expect(masters).toHaveLength(count);
  return { real, estimated };
}

async function used(): Promise<number> {
  for (let round = 0; round < 3; round++) {
    globalThis.gc?.();
    await setImmediate();
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

const row = (id: number): object => ({
  id,
  name: `user number ${id}`,
  email: `user${id}@mail.example.org`,
  active: id % 2 === 0,
  score: id * 1.25,
  city: `city ${id % 100}`,
  note: null,
  logins: id * 3,
});

/** A text in one piece: V8 keeps the pieces of some that were put together, as long as nobody has read them. */
function flat(...parts: readonly (string | number)[]): string {
  return parts.join(' ');
}

describe('the estimated bytes of a master are those in memory, within 30 %', () => {
  test.each<[string, (index: number) => unknown, number]>([
    ['rows', (i) => Array.from({ length: 100 }, (_, n) => row(i * 1000 + n)), 300],
    [
      'rows with a Date',
      (i) => Array.from({ length: 100 }, (_, n) => ({ ...row(i * 1000 + n), at: new Date(n) })),
      300,
    ],
    ['single objects', row, 30_000],
    [
      'nested documents',
      (i) => ({ a: [{ b: [i, i + 1, { c: `text ${i}` }] }], d: { e: { f: [`${i}`, `x${i}`] } } }),
      20_000,
    ],
    ['texts', (i) => `${i} `.repeat(200), 5_000],
    ['texts beyond Latin-1', (i) => `${i}ж`.repeat(200), 5_000],
    ['arrays of integers', (i) => Array.from({ length: 1000 }, (_, n) => n + i), 500],
    ['Buffers', (i) => Buffer.alloc(5000, i), 1_000],
    ['Maps', (i) => new Map(Array.from({ length: 100 }, (_, n) => [flat('key', i, n), n])), 1_500],
    ['Sets', (i) => new Set(Array.from({ length: 100 }, (_, n) => flat('member', i, n))), 1_500],
  ])('%s', async (_, make, count) => {
    // The heap also holds what the process does beside the test: the median of five counts.
    const ratios: number[] = [];
    for (let round = 0; round < 5; round++) {
      const { real, estimated } = await measured(make, count);
      ratios.push(estimated / real);
    }
    const median = ratios.sort((one, other) => one - other)[2];
    expect(median).toBeGreaterThan(0.7);
    expect(median).toBeLessThan(1.3);
  });
});

test('what a long text holds counts, not how often it is copied', () => {
  expect(keep('x'.repeat(1000), { fn: 'load', mode: 'clone' }).bytes).toBeGreaterThanOrEqual(1000);
  expect(keep('ж'.repeat(1000), { fn: 'load', mode: 'clone' }).bytes).toBeGreaterThanOrEqual(2000);
});

test('every kind of data weighs something, alike when it is adopted', () => {
  const values = [
    {},
    [],
    Object.assign([], { 2: 'x' }),
    new Map(),
    new Set(),
    new Date(),
    /a/,
    Object(5),
    new Error('x'),
    Buffer.alloc(1),
    new Uint8Array(1),
    new ArrayBuffer(1),
    new DataView(new ArrayBuffer(1)),
    new URL('https://example.org'),
    new URLSearchParams('a=1'),
    new Headers({ a: 'b' }),
    'text',
    2n ** 70n,
  ];
  for (const value of values) {
    const { bytes } = keep(value, { fn: 'load', mode: 'clone' });
    expect(bytes).toBeGreaterThan(0);
    expect(adopt(keep(value, { fn: 'load', mode: 'clone' }).copy(), { fn: 'load', mode: 'clone' }).bytes).toBe(bytes);
  }
});

test('fractions in arrays weigh no less than they take', async () => {
  // V8 keeps them in the slots of some arrays and beside them for others.
  const { real, estimated } = await measured((i) => Array.from({ length: 1000 }, (_, n) => n * 0.5 + i), 500);
  expect(estimated / real).toBeGreaterThan(0.7);
  expect(estimated / real).toBeLessThan(3);
});

describe('a value that is shared as it is', () => {
  const share = { fn: 'load', mode: 'share' } as const;

  test('weighs about as much as its master would', () => {
    const rows = Array.from({ length: 100 }, (_, n) => row(n));
    for (const value of [
      rows,
      new Map([['a', rows]]),
      new Set(rows),
      Buffer.alloc(9000),
      { buffer: new ArrayBuffer(9000) },
      'text',
    ]) {
      const ratio = keep(value, share).bytes / keep(value, { fn: 'load', mode: 'clone' }).bytes;
      expect(ratio).toBeGreaterThan(0.8);
      expect(ratio).toBeLessThan(1.25);
    }
  });

  test('is weighed once where it is in several places, and not without end', () => {
    const text = { text: 'x'.repeat(10_000) };
    const ring: unknown[] = [text, text];
    ring.push(ring);
    expect(keep(ring, share).bytes).toBeLessThan(12_000);
    let list: unknown = null;
    for (let index = 0; index < 200_000; index++) list = { list };
    expect(keep(list, share).bytes).toBeGreaterThan(1_000_000);
    expect(keep(list, share).bytes).toBeLessThan(5_000_000);
  });
});
