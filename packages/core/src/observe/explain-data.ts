import type { DataSyncParts } from '../data/data-sync-function.js';
import type { DataFunctionParts } from '../data/data-parts.js';
import { explainKey } from './explain-key.js';
import { explainMemory } from './explain-memory.js';
import { explainRun } from './explain-run.js';
import { explainStore } from './explain-store.js';
import type { Explanation, FailureExplanation, MemoryExplanation } from './explanation.js';
import { conclude } from './summary.js';

/** What is known of a call of a data function; rejects when its arguments have no key. */
export async function explainData(
  parts: DataFunctionParts,
  self: unknown,
  args: readonly unknown[],
): Promise<Explanation> {
  const { host, keyer, keepOptions, settings, store, flights, generations, report } = parts;
  const base = keyer.keyOf(self, args);
  const text = parts.variants.isEmpty ? base : parts.variants.locate(base).key;
  const key = explainKey(parts, text, { self, args });
  const inspected = await store?.entries.inspect(text, settings.staticTags);
  const now = host.settings.clock.now();
  const isOutdated = (position: number): boolean =>
    generations.firstInvalidation(position, settings.staticTags) !== undefined;
  const found = {
    fn: report.fn,
    lastMiss: report.lastMiss(text),
    key,
    memory: memoryOf(parts, text, now, parts.cooldowns.left(text, now)),
    store: inspected === undefined ? undefined : explainStore(inspected, keepOptions(text), settings.policy),
    run: explainRun(flights, text, now, isOutdated),
    failure: failureOf(parts, text, now),
  };
  return conclude(host, found, store !== undefined && settings.retention > 0);
}

/** The same of a synchronous data function; `startedAt` tells since when a key is being computed, below on the stack. */
export function explainDataSync(
  parts: DataSyncParts,
  startedAt: (key: string) => number | undefined,
  self: unknown,
  args: readonly unknown[],
): Explanation {
  const { host, keyer, report } = parts;
  const text = keyer.keyOf(self, args);
  const now = host.settings.clock.now();
  const since = startedAt(text);
  return conclude(host, {
    fn: report.fn,
    lastMiss: report.lastMiss(text),
    key: explainKey(parts, text, { self, args }),
    memory: memoryOf(parts, text, now, 0),
    store: undefined,
    run: since === undefined ? undefined : { age: now - since, phase: 'function', waiting: 1, joinable: false },
    failure: failureOf(parts, text, now),
  });
}

function failureOf({ failures }: DataSyncParts, key: string, now: number): FailureExplanation | undefined {
  const kept = failures?.get(key, now);
  return kept && { error: kept.error, age: now - kept.failedAt, keptFor: kept.until - now };
}

function memoryOf(
  { shelf, report, settings }: DataSyncParts,
  key: string,
  now: number,
  noRefreshFor: number,
): MemoryExplanation {
  return explainMemory(shelf.get(key), report.goneBecause(key), now, settings.policy, noRefreshFor);
}
