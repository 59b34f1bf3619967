import type { Freshness } from '../data/call-policy.js';
import { errorUntil, revalidateUntil, stateOf, type DataEntry } from '../data/data-entry.js';
import type { MissReason } from '../events.js';
import type { Acts } from '../effect/index.js';
import { isCurrent, tagsOf } from '../run/generation.js';
import type { MemoryExplanation } from './explanation.js';

/** What memory holds of a call of a data function; `gone` is why it holds nothing, as far as that is remembered. */
export function explainMemory(
  entry: DataEntry | undefined,
  gone: MissReason | undefined,
  now: number,
  freshness: Freshness,
  noRefreshFor: number,
): MemoryExplanation {
  if (entry === undefined) return { state: 'none', gone };
  const { bytes, usedLately } = entry;
  return {
    state: stateOf(entry, now, freshness),
    age: now - entry.createdAt,
    computeMs: entry.computeMs,
    freshFor: left(entry.freshUntil, now),
    staleWhileRevalidateFor: left(revalidateUntil(entry, freshness), now),
    staleIfErrorFor: left(Math.max(entry.freshUntil, errorUntil(entry, freshness)), now),
    bytes,
    tags: entry.tags,
    effects: effectsOf(entry.acts),
    invalidated: tagsOf(entry.stamps.filter((stamp) => !isCurrent([stamp]))),
    trustedFor: left(entry.trustedUntil, now),
    noRefreshFor,
    usedLately,
  };
}

/** The names of effects, in order. */
export function effectsOf(acts: Acts | undefined): readonly string[] {
  return acts?.list.map(({ name }) => name) ?? [];
}

/** How long it is until an instant: 0 when it has passed, undefined when it never comes. */
export function left(until: number, now: number): number | undefined {
  return until === Infinity ? undefined : Math.max(0, until - now);
}
