import { hasherLookup, type Hasher } from './hasher.js';
import { shorten } from './text.js';
import { Walk, type Refuse } from './walk.js';

/** Whose value it is, that is part of keys without being an argument. */
export interface ValueTextOptions {
  /** Shown in messages: what the value is of, and where it comes from. */
  readonly fn: string;
  readonly root: string;
  readonly hashers: readonly Hasher[];
  /** The error for a value that has no key. */
  readonly refuse: Refuse;
}

/**
 * Makes the canonical text of values that are no arguments; the same in every process. `met` gets the resources that a value holds.
 *
 * @throws what `refuse` makes, and CacheError `ERR_MILLPOND_HASHER_FAILED` when a hasher throws, or returns no data.
 */
export function valueText({ fn, root, hashers, refuse }: ValueTextOptions): (value: unknown, met: object[]) => string {
  const hasherFor = hasherLookup(hashers);
  return (value, met) => shorten(new Walk({ fn, hasherFor, stored: true, met, refuse }).textOf(value, root));
}
