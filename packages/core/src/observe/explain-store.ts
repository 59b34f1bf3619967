import { decodeValue } from '../codec/index.js';
import { adopt, type KeepOptions } from '../copy/index.js';
import type { Freshness } from '../data/call-policy.js';
import type { Acts, Effects } from '../effect/index.js';
import type { StoredEntry, StoreInspection } from '../store/index.js';
import { effectsOf } from './explain-memory.js';
import type { StoreExplanation, ValueExplanation } from './explanation.js';

const NO_ACTS: Acts = { list: [], bytes: 0 };

/** What the store holds of a call, as the function of today would serve it: it is its windows that count. */
export function explainStore(
  inspected: StoreInspection,
  keeping: KeepOptions,
  effects: Pick<Effects, 'read'>,
  freshness: Freshness,
): StoreExplanation {
  const { key, state } = inspected;
  switch (state) {
    case 'down':
    case 'none':
    case 'damaged':
      return inspected;
    case 'branch':
      return { key, state: 'none', deleted: false };
    case 'invalidated':
      return { key, state, ...valueOf(inspected, freshness, actsOf(inspected.entry, effects)), by: inspected.by };
    case 'expired':
      return { key, state, ...valueOf(inspected, freshness, actsOf(inspected.entry, effects)) };
    case 'found': {
      const { entry } = inspected;
      const acts = actsOf(entry, effects);
      if (acts === undefined || !isReadable(entry, keeping)) {
        return { key, state: 'damaged', why: 'its payload cannot be read' };
      }
      return { key, state: servedAs(entry, freshness), ...valueOf(inspected, freshness, acts) };
    }
  }
}

function isReadable({ payload }: StoredEntry, keeping: KeepOptions): boolean {
  try {
    adopt(decodeValue(payload, keeping.codecs), keeping);
    return true;
  } catch {
    // Whatever it is, a look-up would take the entry for damaged too.
    return false;
  }
}

/** The effects of an entry; undefined when they cannot be read, for which a look-up would take it for damaged too. */
function actsOf(entry: StoredEntry, effects: Pick<Effects, 'read'>): Acts | undefined {
  try {
    return entry.effects === undefined ? NO_ACTS : effects.read(entry.effects);
  } catch {
    return undefined;
  }
}

function servedAs(
  entry: StoredEntry,
  { staleWhileRevalidate, staleIfError }: Freshness,
): 'fresh' | 'stale' | 'fallback' | 'expired' {
  const past = entry.age - lifeOf(entry);
  if (past < 0) return 'fresh';
  if (past < staleWhileRevalidate) return 'stale';
  return past < staleIfError ? 'fallback' : 'expired';
}

/** How long it was fresh, or will be: until its ttl is over, or it was marked by `expire`. */
function lifeOf({ age, ttl = Infinity, expiredFor = -Infinity }: StoredEntry): number {
  return Math.min(ttl, age - expiredFor);
}

function valueOf(
  { entry, bytes }: { readonly entry: StoredEntry; readonly bytes: number },
  freshness: Freshness,
  acts: Acts | undefined,
): ValueExplanation {
  const { age, computeMs, tags } = entry;
  const life = lifeOf(entry);
  const left = (window: number): number | undefined =>
    life === Infinity ? undefined : Math.max(0, life + window - age);
  return {
    age,
    computeMs,
    freshFor: left(0),
    staleWhileRevalidateFor: left(freshness.staleWhileRevalidate),
    staleIfErrorFor: left(freshness.staleIfError),
    bytes,
    tags,
    effects: effectsOf(acts),
  };
}
