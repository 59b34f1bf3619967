import type { Clock } from '../clock.js';
import type { MissReason, RemovalReason } from '../events.js';
import { isCurrent } from '../run/generation.js';
import type { Freshness } from './call-policy.js';
import { stateOf, type DataEntry } from './data-entry.js';

/** How a look-up misses an entry that was removed for a reason; undefined: as the reason says. */
export function missedAfter(
  entry: DataEntry,
  reason: RemovalReason,
  clock: Pick<Clock, 'now'>,
  freshness: Freshness,
): MissReason | undefined {
  if (!isCurrent(entry.stamps)) return 'tag';
  return reason === 'expire' && stateOf(entry, clock.now(), freshness) === 'memory-ttl' ? 'memory-ttl' : undefined;
}

/**
 * Why neither tier had an answer; `readable` tells whether what the store had could be read. Where the store had
 * nothing, it is what memory said.
 */
export function missReason(
  inMemory: MissReason,
  inStore: { readonly found: unknown; readonly reason: MissReason },
  readable: boolean,
): MissReason {
  if (inStore.found !== undefined) return readable ? 'expired' : 'damaged';
  return inStore.reason === 'cold' ? inMemory : inStore.reason;
}
