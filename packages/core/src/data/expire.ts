import type { Shelf } from '../memory/index.js';
import { uselessFrom, type DataEntry } from './data-entry.js';
import type { DataSettings } from './data-settings.js';

/** Ends the life of what memory has of a key: from now on only stale windows serve it. */
export function expireIn(shelf: Shelf<DataEntry>, key: string, now: number, { retention }: DataSettings): void {
  const entry = shelf.get(key);
  if (entry === undefined) return;
  entry.value.freshUntil = Math.min(entry.value.freshUntil, now);
  const end = uselessFrom(entry.value, retention);
  if (end > now) shelf.expireAt(entry, end);
  else shelf.remove(entry, 'expire');
}
