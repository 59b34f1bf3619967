import type { CallPolicy } from './call-policy.js';
import { livesLong, stateOf, type DataEntry } from './data-entry.js';
import type { DataFunctionParts } from './data-parts.js';

/** Whether an entry that a call has found by an alias is a hit for it. */
export function isKnownHit({ host }: Pick<DataFunctionParts, 'host'>, entry: DataEntry, policy: CallPolicy): boolean {
  if (policy.forceFresh || policy.signal !== undefined) return false;
  const now = livesLong(entry, policy) ? host.coarse.now() : host.settings.clock.now();
  return stateOf(entry, now, policy) === 'fresh';
}
