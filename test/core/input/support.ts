import { AsyncLocalStorage } from 'node:async_hooks';
import { createCache, type CacheOptions, type DataOptions } from '@millpond/core';
import { fakeClock } from '../../support/fake-clock.js';

/** Who asks. */
export interface Visit {
  readonly locale: string;
  readonly user: string;
}

/** Whose visit it is. */
export const visits = new AsyncLocalStorage<Visit>();
/** What the pages read, in order. */
export const state = { reads: ['locale', 'user'] };

/** One process over a store: a page that varies by what `state` says. */
export function server(
  store: NonNullable<CacheOptions['store']>,
  options: DataOptions<[path: string], string> = {},
  clock = fakeClock(),
  withInputs = true,
) {
  const cache = createCache({ name: 'shop', store, clock, logger: { warn: () => {} } });
  const input = <T>(name: string, read: () => T): (() => T) => (withInputs ? cache.input(name, read) : read);
  const read: Readonly<Record<string, () => string | undefined>> = {
    locale: input('locale', () => visits.getStore()?.locale),
    user: input('user', () => visits.getStore()?.user),
  };
  const runs: string[] = [];
  const page = cache.cacheData(
    async (path: string) => {
      const text = [path, ...state.reads.map((name) => read[name]?.())].join(' ');
      runs.push(text);
      return text;
    },
    { name: 'page', version: '1', ttl: '1h', ...options },
  );
  const visit = (locale: string, user = 'Ada', path = '/'): Promise<string> =>
    visits.run({ locale, user }, () => page(path));
  return { cache, clock, page, runs, visit, read };
}

/** An empty store, for pages that read this. */
export function reading(...names: readonly string[]): Map<string, unknown> {
  state.reads = [...names];
  return new Map();
}
