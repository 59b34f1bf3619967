import { stateOf, type DataEntry } from '../data/data-entry.js';
import type { MissReason } from '../events.js';
import type { Entry } from '../memory/index.js';
import { isCurrent, tagsOf } from '../run/generation.js';
import type { MemoryExplanation } from './explanation.js';

/** What memory holds of a call of a data function; `gone` is why it holds nothing, as far as that is remembered. */
export function explainMemory(
  entry: Entry<DataEntry> | undefined,
  gone: MissReason | undefined,
  now: number,
): MemoryExplanation {
  if (entry === undefined) return { state: 'none', gone };
  const { value, bytes, hot } = entry;
  return {
    state: stateOf(value, now),
    age: now - value.createdAt,
    computeMs: value.computeMs,
    freshFor: left(value.freshUntil, now),
    staleWhileRevalidateFor: left(value.revalidateUntil, now),
    staleIfErrorFor: left(value.errorUntil, now),
    bytes,
    tags: tagsOf(value.stamps),
    invalidated: tagsOf(value.stamps.filter((stamp) => !isCurrent([stamp]))),
    trustedFor: left(value.trustedUntil, now),
    noRefreshFor: Math.max(0, value.retryAt - now),
    usedLately: hot !== 0,
  };
}

/** How long it is until an instant: 0 when it has passed, undefined when it never comes. */
export function left(until: number, now: number): number | undefined {
  return until === Infinity ? undefined : Math.max(0, until - now);
}
