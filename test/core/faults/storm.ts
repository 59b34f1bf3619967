import KeyvRedis from '@keyv/redis';
import { createCache, type Cache } from '@millpond/core';
import { serverFor, type RedisFault } from './redis-fault.js';

/** What became of calls that were made while a server failed. Milliseconds. */
export interface Figures {
  readonly fault: string;
  readonly calls: number;
  /** Answers of another call, or from before an invalidation that had resolved when the call was made. */
  readonly wrong: number;
  readonly errors: number;
  readonly unhandledRejections: number;
  /** The 99th percentile of the waits: before the fault, while it lasted and the store was still asked, and after that. */
  readonly p99Before: number | undefined;
  readonly p99Asked: number | undefined;
  readonly p99Open: number | undefined;
  /** The same of a plain timer of 2 ms that ran beside them: what the machine itself adds. */
  readonly p99Timer: number | undefined;
  /** From the fault's begin to the breaker's opening. */
  readonly openedAfter: number | undefined;
  /** From the fault's end to when a value has been written to the store and another one found there. */
  readonly inUseAfter: number | undefined;
}

const COMPUTE = 2;
const PERIOD = 5;
const KEYS = 40;
const GROUPS = 5;
/** Connecting, and code that runs for the first time, are not what is measured. */
const WARM_UP = 500;
/** Far beyond what recovering takes: the battery tells a hang from a delay, the figures tell the delay. */
const HANG = 15_000;

interface Call {
  readonly at: number;
  readonly took: number;
}

interface Answer {
  readonly id: number;
  readonly version: number;
}

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** What the function computes from, and what must not be answered any more. */
class Truth {
  readonly #versions = new Map<number, number>();
  readonly #least = new Map<number, number>();

  /** Changes calls and invalidates them: from when that has resolved, older answers are wrong. */
  async change(ids: readonly number[], invalidate: () => Promise<unknown>): Promise<void> {
    const changed = ids.map((id) => [id, (this.#versions.get(id) ?? 0) + 1] as const);
    for (const [id, version] of changed) this.#versions.set(id, version);
    await invalidate();
    for (const [id, version] of changed) this.#least.set(id, Math.max(version, this.least(id)));
  }

  least(id: number): number {
    return this.#least.get(id) ?? 0;
  }

  /** Reads first and takes its time then, so that an invalidation comes in between now and then. */
  compute = async (id: number): Promise<Answer> => {
    const version = this.#versions.get(id) ?? 0;
    await sleep(COMPUTE);
    return { id, version };
  };
}

function open(url: string, truth: Truth) {
  const cache = createCache({
    name: 'storm',
    // By itself the client waits for up to two seconds between its tries to connect.
    store: new KeyvRedis<string>({
      url,
      socket: { reconnectStrategy: (tries: number) => Math.min(100 * 2 ** tries, 1000) },
    }),
    closeStore: true,
    // Nearly every call asks the store.
    memoryTtl: 50,
    closeTimeout: 1000,
    logger: { warn: () => {} },
  });
  const load = cache.cacheData(truth.compute, {
    name: 'load',
    version: '1',
    ttl: '1h',
    tags: (_answer, id) => [`group ${id % GROUPS}`],
  });
  return { cache, load };
}

/** Calls a cached function 200 times a second, invalidates 20 times a second, and lets the server fail meanwhile. */
export async function storm(fault: RedisFault, lasts: number): Promise<Figures> {
  const server = await serverFor(fault);
  const truth = new Truth();
  const { cache, load } = open(server.url, truth);
  const calls: Call[] = [];
  const timers: number[] = [];
  const pending = new Set<Promise<unknown>>();
  let [wrong, errors, unhandledRejections] = [0, 0, 0];
  const unhandled = (): void => void (unhandledRejections += 1);
  process.on('unhandledRejection', unhandled);

  async function ask(ask_: typeof load, id: number): Promise<void> {
    const [at, least] = [performance.now(), truth.least(id)];
    try {
      const answer = await ask_(id);
      if (answer.id !== id || answer.version < least) wrong += 1;
    } catch {
      errors += 1;
    }
    calls.push({ at, took: performance.now() - at });
  }

  function tick(turn: number): Promise<unknown> {
    const id = Math.floor(Math.random() * KEYS);
    if (turn % 30 === 0) {
      const group = id % GROUPS;
      const ids = Array.from({ length: KEYS }, (_, each) => each).filter((each) => each % GROUPS === group);
      return truth.change(ids, () => cache.invalidateTags(`group ${group}`));
    }
    if (turn % 10 === 0) return truth.change([id], () => load.delete(id));
    return ask(load, id);
  }

  async function time(): Promise<void> {
    const at = performance.now();
    await sleep(COMPUTE);
    timers.push(performance.now() - at);
  }

  let turn = 0;
  const started = performance.now();
  // What a timer was late is made up for: 200 a second are asked whatever the machine does.
  const timer = setInterval(() => {
    for (; started + turn * PERIOD <= performance.now(); turn += 1) {
      const work = Promise.all([tick(turn), time()]);
      pending.add(work);
      void work.finally(() => pending.delete(work));
    }
  }, PERIOD);

  const told = watch(cache, () => load.stats().hitsFrom.store);
  if (fault.isAtStart !== true) await sleep(WARM_UP + 500);
  const beganAt = performance.now();
  const end = await fault.begin(server);
  await sleep(lasts);
  await end();
  const endedAt = performance.now();
  const usedAt = await told.inUse(endedAt);
  await sleep(200);
  clearInterval(timer);
  await Promise.all(pending);
  // What is still pending reaches the store; then a process that has just begun must find nothing that was outdated.
  await cache.flush();
  const fresh = open(server.url, truth);
  for (let id = 0; id < KEYS; id += 1) await ask(fresh.load, id);
  await Promise.all([cache.close(), fresh.cache.close()]);
  process.off('unhandledRejection', unhandled);
  await server.stop();

  const openedAt = told.openedAt(beganAt, endedAt);
  const during = (from: number, to: number): number | undefined =>
    p99(calls.filter(({ at }) => at >= from && at < to).map(({ took }) => took));
  return {
    fault: fault.name,
    calls: calls.length,
    wrong,
    errors,
    unhandledRejections,
    p99Before: during(started + WARM_UP, beganAt),
    p99Asked: during(beganAt, openedAt ?? endedAt),
    p99Open: openedAt && during(openedAt, endedAt),
    p99Timer: p99(timers),
    openedAfter: openedAt && openedAt - beganAt,
    inUseAfter: usedAt && usedAt - endedAt,
  };
}

/** Notes when the breaker opens, and when the store is in use. */
function watch(cache: Cache, storeHits: () => number) {
  const opened: number[] = [];
  let storedAt = 0;
  cache.on('storeDegraded', () => opened.push(performance.now()));
  cache.on('stored', () => (storedAt = performance.now()));
  return {
    openedAt: (from: number, to: number) => opened.find((at) => at >= from && at < to),
    async inUse(since: number): Promise<number | undefined> {
      const hits = storeHits();
      while (performance.now() < since + HANG) {
        if (storedAt > since && storeHits() > hits) return performance.now();
        await sleep(5);
      }
      return undefined;
    },
  };
}

function p99(waits: readonly number[]): number | undefined {
  const sorted = waits.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length * 0.99)];
}
