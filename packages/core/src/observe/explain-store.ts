import { decodeValue } from '../codec/index.js';
import { adopt } from '../copy/index.js';
import type { DataSettings } from '../data/data-settings.js';
import type { StoredEntry, StoreInspection } from '../store/index.js';
import type { StoreExplanation, ValueExplanation } from './explanation.js';

type Settings = Pick<DataSettings, 'copy' | 'staleWhileRevalidate' | 'staleIfError'>;

/** What the store holds of a call, as the function of today would serve it: it is its windows that count. */
export function explainStore(inspected: StoreInspection, fn: string, settings: Settings): StoreExplanation {
  const { key, state } = inspected;
  switch (state) {
    case 'down':
    case 'none':
    case 'damaged':
      return inspected;
    case 'invalidated':
      return { key, state, ...valueOf(inspected.entry, inspected.bytes, settings), by: inspected.by };
    case 'expired':
      return { key, state, ...valueOf(inspected.entry, inspected.bytes, settings) };
    case 'found': {
      const { entry, bytes } = inspected;
      if (!isReadable(entry, fn, settings)) return { key, state: 'damaged', why: 'its payload cannot be read' };
      return { key, state: servedAs(entry, settings), ...valueOf(entry, bytes, settings) };
    }
  }
}

function isReadable({ payload }: StoredEntry, fn: string, { copy }: Settings): boolean {
  try {
    adopt(decodeValue(payload), { fn, mode: copy });
    return true;
  } catch {
    // Whatever it is, a look-up would take the entry for damaged too.
    return false;
  }
}

function servedAs(
  { age, ttl }: StoredEntry,
  { staleWhileRevalidate, staleIfError }: Settings,
): 'fresh' | 'stale' | 'fallback' | 'expired' {
  if (ttl === undefined || age < ttl) return 'fresh';
  if (age < ttl + staleWhileRevalidate) return 'stale';
  return age < ttl + staleIfError ? 'fallback' : 'expired';
}

function valueOf({ age, computeMs, ttl, tags }: StoredEntry, bytes: number, settings: Settings): ValueExplanation {
  const left = (window: number): number | undefined =>
    ttl === undefined ? undefined : Math.max(0, ttl + window - age);
  return {
    age,
    computeMs,
    freshFor: left(0),
    staleWhileRevalidateFor: left(settings.staleWhileRevalidate),
    staleIfErrorFor: left(settings.staleIfError),
    bytes,
    tags,
  };
}
