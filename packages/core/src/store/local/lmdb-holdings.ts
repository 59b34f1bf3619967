import { atMost } from './at-most.js';
import { partsOf, usedAgain } from './lmdb-index.js';
import { changed, type Lmdb, type LmdbTable } from './lmdb-module.js';
import type { Holdings, Kept } from './sweep.js';

/** What an LMDB keeps, for its janitor. */
export function lmdbHoldings({ texts, index }: Lmdb): Holdings {
  const changes: Promise<unknown>[] = [];

  /** Removes it unless it has been written again, which gave it another end. Done with others, when the part is over. */
  function remove({ place, end }: Kept): void {
    const change = changed(
      (parts) => index.ifVersion(place, end, parts),
      () => [texts.remove(place), index.remove(place)],
    );
    // It is awaited when the part is over; until then nobody listens.
    change.catch(() => undefined);
    changes.push(change);
  }

  return {
    async *list() {
      try {
        for await (const part of partsOf(index)) {
          yield* part;
          await Promise.all(changes.splice(0));
        }
      } finally {
        await Promise.all(changes.splice(0));
      }
    },
    async removeExpired(kept) {
      remove(kept);
      return true;
    },
    async evict(kept) {
      remove(kept);
    },
  };
}

/** So many changes share a commit. */
const AT_ONCE = 128;

/** Notes in the index which entries were used, so that they outlast others. */
export async function noteUse(index: LmdbTable, keys: readonly string[], now: number): Promise<void> {
  await atMost(AT_ONCE, keys, async (key) => {
    const { value, version } = index.getEntry(key) ?? {};
    if (version === undefined) return;
    await changed(
      (parts) => index.ifVersion(key, version, parts),
      () => [index.put(key, usedAgain(value, now), version)],
    );
  });
}
