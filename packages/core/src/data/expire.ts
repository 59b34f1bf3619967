import { uselessFrom } from './data-entry.js';
import type { DataFunctionParts } from './data-parts.js';

/** Ends the life of what memory has of a key: from now on only stale windows serve it. */
export function expireIn(
  { shelf, aliases, settings: { retention } }: Pick<DataFunctionParts, 'shelf' | 'aliases' | 'settings'>,
  key: string,
  now: number,
): void {
  const entry = shelf.get(key);
  if (entry === undefined) return;
  // Who comes by a shorter way than its key looks at a clock that may be late.
  aliases?.forget(entry);
  shelf.byTextAlone(entry);
  entry.end(now);
  const end = uselessFrom(entry, retention);
  if (end > now) shelf.expireAt(entry, end);
  else shelf.remove(entry, 'expire');
}
