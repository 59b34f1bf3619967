import type { Entry } from '../memory/index.js';
import type { CallPolicy } from './call-policy.js';
import { livesLong, stateOf, type DataEntry } from './data-entry.js';
import type { DataFunctionParts } from './data-parts.js';

/** What a hit by an alias needs. */
type Parts = Pick<DataFunctionParts, 'aliases' | 'variants' | 'host'>;

/** The entry that calls with the same arguments were answered with before, if it is still a hit for one more. */
export function knownHit(
  { aliases, variants, host }: Parts,
  args: readonly unknown[],
  policy: CallPolicy,
): Entry<DataEntry> | undefined {
  if (aliases === undefined || policy.forceFresh || policy.signal !== undefined || !variants.isEmpty) return undefined;
  const entry = aliases.find(args);
  if (entry === undefined) return undefined;
  const now = livesLong(entry.value, policy) ? host.coarse.now() : host.settings.clock.now();
  return stateOf(entry.value, now, policy) === 'fresh' ? entry : undefined;
}
