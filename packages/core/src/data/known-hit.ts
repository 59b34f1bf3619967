import type { Entry } from '../memory/index.js';
import type { CallPolicy } from './call-policy.js';
import { livesLong, stateOf, type DataEntry } from './data-entry.js';
import type { DataFunctionParts } from './data-parts.js';

/** Whether an entry that a call has found by an alias is a hit for it. */
export function isKnownHit(
  { host }: Pick<DataFunctionParts, 'host'>,
  { value }: Entry<DataEntry>,
  policy: CallPolicy,
): boolean {
  if (policy.forceFresh || policy.signal !== undefined) return false;
  const now = livesLong(value, policy) ? host.coarse.now() : host.settings.clock.now();
  return stateOf(value, now, policy) === 'fresh';
}
