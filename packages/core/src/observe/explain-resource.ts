import type { ResourceParts } from '../resource/resource-parts.js';
import { stateOf } from '../resource/resource-entry.js';
import { explainKey } from './explain-key.js';
import { left } from './explain-memory.js';
import { explainRun } from './explain-run.js';
import type { Explanation, MemoryExplanation } from './explanation.js';
import { conclude } from './summary.js';

/** What is known of a call of a resource; throws when its arguments have no key. */
export function explainResource(parts: ResourceParts, self: unknown, args: readonly unknown[]): Explanation {
  const { host, keyer, flights, report } = parts;
  const text = keyer.keyOf(self, args);
  const now = host.settings.clock.now();
  return conclude(host, {
    fn: report.fn,
    lastMiss: report.lastMiss(text),
    key: explainKey(parts, text, { self, args }),
    memory: memoryOf(parts, text, now),
    store: undefined,
    run: explainRun(flights, text, now),
    failure: undefined,
  });
}

/** A resource has no tags, and its size is not known. */
function memoryOf({ shelf, report }: ResourceParts, key: string, now: number): MemoryExplanation {
  const entry = shelf.get(key);
  if (entry === undefined) return { state: 'none', gone: report.goneBecause(key) };
  const { value } = entry;
  return {
    state: stateOf(value, now),
    age: now - value.createdAt,
    computeMs: value.computeMs,
    freshFor: left(value.freshUntil, now),
    staleWhileRevalidateFor: left(value.revalidateUntil, now),
    staleIfErrorFor: left(value.errorUntil, now),
    bytes: entry.bytes,
    tags: [],
    effects: [],
    invalidated: [],
    trustedFor: undefined,
    noRefreshFor: Math.max(0, value.retryAt - now),
    usedLately: entry.usedLately,
  };
}
