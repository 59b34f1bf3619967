import type { DataSyncParts } from '../data/data-sync-function.js';
import type { DataFunctionParts, DataStore } from '../data/data-parts.js';
import { extended, readHere, type Located } from '../input/index.js';
import { showKey } from '../key/index.js';
import type { StoreInspection } from '../store/index.js';
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
  const known = locatedBy(parts, base);
  const { inspected, located } = store === undefined ? { located: known } : await inStore(parts, store, base, known);
  const text = located.key;
  const key = {
    ...explainKey(parts, base, { self, args }),
    inputs: located.path.map(({ input, text }) => ({ name: input.name, text: showKey(text) })),
    variants: parts.variants.keysOf(base).length,
  };
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

/** Where memory leads the caller to, by their inputs. */
function locatedBy({ variants }: DataFunctionParts, base: string): Located {
  return variants.isEmpty ? { key: base, path: [] } : variants.locate(base);
}

/** Where the store leads them to from there, and what is there. */
async function inStore(
  { host, settings }: DataFunctionParts,
  { entries }: DataStore,
  base: string,
  known: Located,
): Promise<{ readonly inspected: StoreInspection; readonly located: Located }> {
  let { key } = known;
  const path = [...known.path];
  for (;;) {
    const inspected = await entries.inspect(key, settings.staticTags, base);
    const input = inspected.state === 'branch' ? host.inputs.named(inspected.input) : undefined;
    if (input === undefined || path.some((read) => read.input === input)) return { inspected, located: { key, path } };
    const read = readHere(input);
    key = extended(key, read);
    path.push(read);
  }
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
