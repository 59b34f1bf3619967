import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';

const program = fileURLToPath(new URL('programs/heap.mjs', import.meta.url));

/** A process of its own, in which nothing else fills the heap. */
async function measured(kind: string, count: number): Promise<{ readonly ratio: number; readonly perEntry: number }> {
  const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', program, kind, `${count}`]);
  return JSON.parse(stdout) as { ratio: number; perEntry: number };
}

describe('what the byte budget counts is what the heap grows by, within 20 %', () => {
  test.each([
    ['number', 10_000],
    ['small object', 10_000],
    ['small object with ttl', 10_000],
    ['small object with maxEntries', 10_000],
    ['small object with a tag', 10_000],
    ['small object with the tag of all', 10_000],
    ['small object by three primitives', 10_000],
    ['small object by an object', 10_000],
    ['small object by a long text', 10_000],
    ['text of 200 characters', 10_000],
    ['100 rows', 300],
    ['Buffer', 3_000],
  ])('%s', async (kind, count) => {
    const { ratio } = await measured(kind, count);
    expect(ratio).toBeGreaterThan(0.8);
    expect(ratio).toBeLessThan(1.2);
  });
});
