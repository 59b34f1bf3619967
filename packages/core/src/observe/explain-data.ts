import type { DataSyncParts } from '../data/data-sync-function.js';
import type { DataFunctionParts, DataStore } from '../data/data-parts.js';
import { lookAlong, type Looked } from '../data/look-along.js';
import { keyOfPath, lookHere, type Located, type Read } from '../input/index.js';
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
  const text = known.key;
  const inStore = store && (await lookInStore(parts, store, base, known.path));
  const isInMemory = parts.shelf.get(text) !== undefined;
  const key = {
    ...explainKey(parts, base, { self, args }),
    inputs: namesOf(isInMemory ? known.path : (inStore?.path ?? known.path)),
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
    store: inStore && explainStore(inStore.looked, keepOptions(text), host.effects, settings.policy),
    run: explainRun(flights, text, now, isOutdated),
    failure: failureOf(parts, text, now),
  };
  return conclude(host, found, store !== undefined && settings.retention > 0);
}

/** Where memory leads the caller to, by their inputs. */
function locatedBy({ variants }: DataFunctionParts, base: string): Located {
  return variants.isEmpty ? { key: base, path: [] } : variants.locate(base);
}

/** Where the store leads them to, and what is there. */
async function lookInStore(
  { host, settings }: DataFunctionParts,
  { entries }: DataStore,
  base: string,
  known: readonly Read[],
): Promise<Looked<StoreInspection>> {
  const inspect = (key: string): Promise<StoreInspection> => entries.inspect(key, settings.staticTags, base);
  const along = await lookAlong(base, host.inputs.ownPart(known), inspect, leadsOn);
  const path = [...along.path];
  for (let { looked } = along; ; looked = await inspect(keyOfPath(base, path))) {
    const input = looked.state === 'branch' ? host.inputs.named(looked.input) : undefined;
    const read = input && lookHere(input);
    if (read === undefined || path.some((before) => before.input === input)) return { looked, path };
    path.push(read);
  }
}

function leadsOn(inspected: StoreInspection, input: string): boolean {
  return inspected.state === 'branch' ? inspected.input === input : inspected.state !== 'found';
}

function namesOf(path: readonly Read[]): readonly string[] {
  return path.map(({ input }) => input.name);
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
