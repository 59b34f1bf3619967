import { execFile } from 'node:child_process';
import { on } from 'node:events';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import { describe, expect, test } from 'vitest';
import { createCache } from '@millpond/core';
import { settle } from '../../support/fake-clock.js';
import { record } from '../support/cache.js';
import { GatedStore } from '../support/gated-store.js';

/** Keeps the event loop busy for so long at least, as a slow synchronous handler does. */
function block(ms: number, until: () => boolean = () => true): void {
  const start = performance.now();
  while (performance.now() < start + ms || !until()) {
    if (performance.now() > start + 20_000) throw new Error('what is waited for does not come');
    // Nothing else may run meanwhile: that is the point.
  }
}

describe('hazard 47: asynchronous context is tracked', () => {
  // Node below 24 gives every promise reaction an id of its own as soon as any AsyncLocalStorage is in use, and
  // that is the tax; from 24 on there is none, and the id stays 0 in any case.
  const probe = (work: string): string => `
    import { AsyncLocalStorage, executionAsyncId } from 'node:async_hooks';
    import { createCache } from '@millpond/core';
    const taxed = async () => { await null; return executionAsyncId() !== 0; };
    const cache = createCache({ name: 'shop', store: new Map() });
    const seen = {};
    const load = cache.cacheData(async (id) => { seen.during = await taxed(); return { id }; }, { name: 'load', ttl: '1h' });
    const pool = cache.cacheResource(async () => ({}));
    const sync = cache.cacheDataSync((id) => ({ id }));
    const turns = async () => { for (let i = 0; i < 5; i += 1) await new Promise((next) => setImmediate(next)); };
    seen.before = await taxed();
    ${work}
    console.log(JSON.stringify(seen));`;

  async function seen(work: string): Promise<Record<string, boolean>> {
    const cwd = fileURLToPath(new URL('../../..', import.meta.url));
    const run = promisify(execFile);
    const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', probe(work)], { cwd });
    return JSON.parse(stdout) as Record<string, boolean>;
  }

  test('only while a run is in flight', async () => {
    const after = await seen(`
      await Promise.all([load(1), load(1), load(2), pool()]); sync(1); await turns();
      seen.afterRuns = await taxed();
      await load(1); await pool(); sync(1); await cache.flush(); await turns();
      seen.afterHits = await taxed();
      await load.delete(1); await load.clear(); await pool.clear(); await turns();
      seen.afterDrops = await taxed();`);
    expect(after).toMatchObject({ before: false, afterRuns: false, afterHits: false, afterDrops: false });
  });

  test('not after runs that failed or were given up either', async () => {
    const after = await seen(`
      const fails = cache.cacheData(async () => { throw new Error('no'); }, { name: 'fails' });
      await fails().catch(() => {}); await turns();
      seen.afterFailure = await taxed();
      const caller = new AbortController();
      const stops = cache.cacheData(async () => new Promise((resolve) => setTimeout(resolve, 5)), { name: 'stops' });
      const gone = stops.withOptions({ signal: caller.signal })().catch(() => {});
      caller.abort(); await gone;
      await new Promise((resolve) => setTimeout(resolve, 50)); await turns();
      seen.afterAbort = await taxed();`);
    expect(after).toMatchObject({ before: false, afterFailure: false, afterAbort: false });
  });

  test('and an AsyncLocalStorage of the app keeps working', async () => {
    const after = await seen(`
      const mine = new AsyncLocalStorage();
      await mine.run('ann', async () => {
        await load(1); await load(1); await pool(); sync(1);
        await turns();
        seen.kept = mine.getStore() === 'ann';
      });`);
    expect(after).toMatchObject({ kept: true });
  });
});

/**
 * A store whose replies come from another thread, in a poll phase of the event loop as a socket's do. It tells, also
 * while the loop is blocked, whether every reply is ready.
 */
class NearStore extends GatedStore {
  readonly #replied = new Int32Array(new SharedArrayBuffer(4));
  readonly #thread = new Worker(
    `const { parentPort, workerData } = require('node:worker_threads');
     parentPort.on('message', (id) => { parentPort.postMessage(id); Atomics.add(workerData, 0, 1); });`,
    { eval: true, workerData: this.#replied },
  );
  #asked = 0;

  get ready(): boolean {
    return Atomics.load(this.#replied, 0) === this.#asked;
  }

  override async getMany(keys: string[]): Promise<unknown[]> {
    await this.#reply();
    return super.getMany(keys);
  }

  override async get(key: string): Promise<unknown> {
    await this.#reply();
    return super.get(key);
  }

  end(): Promise<number> {
    return this.#thread.terminate();
  }

  async #reply(): Promise<void> {
    const id = ++this.#asked;
    this.#thread.postMessage(id);
    for await (const [answered] of on(this.#thread, 'message')) if (answered === id) return;
  }
}

test('hazard 48: a reply that was ready while the loop was blocked is no timeout', async () => {
  const store = new NearStore();
  const writer = createCache({ name: 'shop', store, readDeadline: '5s' });
  const load = (cache: typeof writer, seen: string[]) =>
    cache.cacheData(
      async (id: number) => {
        seen.push(`run ${id}`);
        return `value ${id}`;
      },
      { name: 'load' },
    );
  const written = load(writer, []);
  const ids = Array.from({ length: 20 }, (_, id) => id);
  for (const id of ids) await written(id);
  await writer.close();
  const reader = createCache({ name: 'shop', store, readDeadline: '50ms', logger: { warn: () => {} } });
  const failed = record(reader, 'storeFailed', 'storeDegraded');
  const runs: string[] = [];
  const read = load(reader, runs);
  for (const id of ids) {
    const answer = read(id);
    await settle();
    block(80, () => store.ready);
    expect(await answer).toBe(`value ${id}`);
  }
  expect([runs, failed]).toEqual([[], []]);
  await reader.close();
  await store.end();
});

describe('hazard 51: on the machine’s clock a short ttl holds though the loop was blocked', () => {
  test('for data', async () => {
    const cache = createCache();
    let calls = 0;
    const load = cache.cacheData(async () => ++calls, { ttl: '20ms' });
    expect(await load()).toBe(1);
    block(30);
    expect([load.has(), load.peek()]).toEqual([false, undefined]);
    expect(await load()).toBe(2);
    block(30);
    expect(await load()).toBe(3);
    await cache.close();
  });

  test('for synchronous data and for resources', async () => {
    const cache = createCache();
    let calls = 0;
    const sync = cache.cacheDataSync(() => ++calls, { ttl: '20ms' });
    const pool = cache.cacheResource(async () => ({ built: ++calls }), { ttl: '20ms' });
    expect([sync(), (await pool()).built]).toEqual([1, 2]);
    block(30);
    expect([sync(), (await pool()).built]).toEqual([3, 4]);
    await cache.close();
  });

  test('and a fresh value is a hit', async () => {
    const cache = createCache();
    let calls = 0;
    const load = cache.cacheData(async () => ++calls, { ttl: '4s' });
    await load();
    block(20);
    expect(await load()).toBe(1);
    await cache.close();
  });
});
