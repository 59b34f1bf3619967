import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import type { LocalStore, StoreInput } from '../../../packages/core/src/store/index.js';
import { cacheNames } from '../../../packages/core/src/store/names.js';
import { openPort } from '../../../packages/core/src/store/open-port.js';
import type { StorePort } from '../../../packages/core/src/store/port.js';
import { openTier, stillClock, type TestTier } from '../../support/stores.js';

/** One store for a contract suite to run on. */
export interface StoreUnderTest {
  /** The store as one more process would be given it. */
  connect(): StoreInput | LocalStore;
  /** Ends the connections, and the store. */
  end(): Promise<void>;
}

/** What the tests of the contract work with. Tiers over one store stand for processes; they are closed after a test. */
export interface Bench {
  /** Takes a name for the cache that no test has used. */
  newCache(): void;
  cache(): string;
  process(options?: Parameters<typeof openTier>[1]): TestTier;
  /** Two processes with one new cache. */
  twoProcesses(): [TestTier, TestTier];
  /** The store as an outsider sees it. */
  raw(): StorePort;
  stored(key: string): Promise<unknown>;
  /** Where the entry of a call of this cache is stored. */
  entryKey(key: string): string;
}

/** A bench on a store that lives as long as the surrounding `describe`. */
export function setUpBench(open: () => Promise<StoreUnderTest>): Bench {
  let store: StoreUnderTest | undefined;
  let tiers: TestTier[] = [];
  let caches = 0;
  let port: StorePort | undefined;

  beforeAll(async () => {
    store = await open();
  });
  afterAll(() => store?.end());
  afterEach(async () => {
    await Promise.all(tiers.map(({ tier }) => tier.close()));
    tiers = [];
  });

  const connect = (): StoreInput | LocalStore => {
    if (store === undefined) throw new Error('the store has not been opened yet');
    return store.connect();
  };

  const bench: Bench = {
    newCache() {
      caches += 1;
    },
    cache: () => `${expect.getState().currentTestName ?? ''} ${caches}`,
    process(options = {}) {
      const opened = openTier(connect(), { cache: bench.cache(), ...options });
      tiers.push(opened);
      return opened;
    },
    twoProcesses() {
      bench.newCache();
      return [bench.process(), bench.process()];
    },
    raw: () => (port ??= openPort(connect(), stillClock())),
    stored: async (key) => (await bench.raw().getMany([key]))[0],
    entryKey: (key) => cacheNames(bench.cache(), '').function('getUser', 'v1').call(key).entry,
  };
  return bench;
}
