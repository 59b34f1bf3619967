import { uselessFrom } from './data-entry.js';
import type { DataFunctionParts } from './data-parts.js';

/** Ends the life of what memory has of a key: from now on only stale windows serve it. */
export function expireIn(
  { shelf, settings: { retention } }: Pick<DataFunctionParts, 'shelf' | 'settings'>,
  key: string,
  now: number,
): void {
  const entry = shelf.get(key);
  if (entry === undefined) return;
  entry.value.end(now);
  const end = uselessFrom(entry.value, retention);
  if (end > now) shelf.expireAt(entry, end);
  else shelf.remove(entry, 'expire');
}
