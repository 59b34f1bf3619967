import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { tsc } from '../../support/node.js';
import { describeWithRedis } from '../../support/redis.js';

const MINUTE = 60_000;
const MEMORY_TTL = 10_000;
const program = fileURLToPath(new URL('programs/redis-process.mjs', import.meta.url));

/** A real process with a cache; it takes one step at a time. */
type Process = (step: string, argument?: unknown) => Promise<unknown>;

const invalidations: Record<string, (process: Process, key: string) => Promise<unknown>> = {
  delete: (process, key) => process('delete', key),
  'invalidation of a tag': (process, key) => process('invalidate', `tag of ${key}`),
  'clear of the function': (process) => process('clear'),
  'clear of the cache': (process) => process('clearAll'),
};

describeWithRedis('two processes over one Redis', (redis) => {
  let children: ChildProcess[] = [];

  beforeAll(async () => {
    const built = await tsc(['-b', 'packages/core']);
    if (built.code !== 0) throw new Error(built.stdout);
  });
  afterEach(() => {
    for (const child of children) child.kill('SIGKILL');
    children = [];
  });

  function start(skew = 0): Process {
    const child = fork(program, [redis().url, String(skew)], { execArgv: [] });
    children.push(child);
    return async (step, argument) => {
      const answered = once(child, 'message');
      child.send({ step, argument });
      const [{ answer, error }] = (await answered) as [{ readonly answer?: unknown; readonly error?: string }];
      if (error !== undefined) throw new Error(error);
      return answer;
    };
  }

  /** An invalidation by `a`, while `b` computes from what it outdates; `late` is there at the end. */
  async function outdates(
    { a, b, late }: Record<'a' | 'b' | 'late', Process>,
    key: string,
    invalidate: (process: Process, key: string) => Promise<unknown>,
  ): Promise<void> {
    await Promise.all([a('learn', 'old'), b('learn', 'old'), late('learn', 'new')]);
    expect(await a('call', key)).toBe(`${key} old`);
    await a('flush');
    expect(await b('call', key)).toBe(`${key} old`);
    await b('begin', key);
    await Promise.all([a('learn', 'new'), b('learn', 'new')]);
    expect(await invalidate(a, key)).toEqual({ store: 'acknowledged' });
    expect(await a('call', key)).toBe(`${key} new`);
    // Its own caller gets what it has computed, and that is all.
    expect(await b('finish')).toBe(`${key} old`);
    await Promise.all([a('flush'), b('flush')]);
    await Promise.all([a('advance', MEMORY_TTL), b('advance', MEMORY_TTL)]);
    for (const process of [b, a, late]) expect(await process('call', key)).toBe(`${key} new`);
  }

  test.each([
    ['agree', 0, 0],
    ['are apart, the first five minutes ahead, the second five behind', 5 * MINUTE, -5 * MINUTE],
    ['are apart, the first five minutes behind, the second five ahead', -5 * MINUTE, 5 * MINUTE],
  ])(
    'an invalidation by one holds in the other after memoryTtl, and no run under way undoes it; clocks %s',
    async (_how, skewOfA, skewOfB) => {
      const processes = { a: start(skewOfA), b: start(skewOfB), late: start() };
      for (const [what, invalidate] of Object.entries(invalidations)) await outdates(processes, what, invalidate);
      await Promise.all(Object.values(processes).map((process) => process('close')));
    },
  );

  test('what one has computed the other finds, until its ttl is over', async () => {
    const [a, b] = [start(), start()];
    await Promise.all([a('learn', 'old'), b('learn', 'new')]);
    expect(await a('call', 'found')).toBe('found old');
    await a('flush');
    expect(await b('call', 'found')).toBe('found old');
    // In a store a tenth of the ttl is left to chance.
    await b('advance', 0.9 * MINUTE - 1);
    expect(await b('call', 'found')).toBe('found old');
    expect(await b('runs')).toBe(0);
    await b('advance', 0.1 * MINUTE + 1);
    expect(await b('call', 'found')).toBe('found new');
    await Promise.all([a('close'), b('close')]);
  });
});
