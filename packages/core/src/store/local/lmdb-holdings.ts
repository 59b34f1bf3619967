import { partsOf, usedAgain } from './lmdb-index.js';
import type { Lmdb, LmdbTable } from './lmdb-module.js';
import type { Holdings, Kept } from './sweep.js';

/** What an LMDB keeps, for its janitor. */
export function lmdbHoldings({ texts, index }: Lmdb): Holdings {
  const changes: Promise<unknown>[] = [];

  /** Removes it unless it has been written again, which gave it another end. Done with others, when the part is over. */
  function remove({ place, end }: Kept): void {
    changes.push(
      ...together(
        (change) => index.ifVersion(place, end, change),
        () => [texts.remove(place), index.remove(place)],
      ),
    );
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

/** The promises of a change and of its parts: when it fails all of them reject, and each must have an owner. */
export function together(
  change: (parts: () => void) => Promise<boolean>,
  parts: () => readonly Promise<unknown>[],
): Promise<unknown>[] {
  const promises: Promise<unknown>[] = [];
  promises.push(change(() => void promises.push(...parts())));
  return promises;
}

/** Notes in the index which entries were used, so that they outlast others. */
export async function noteUse(index: LmdbTable, keys: Iterable<string>, now: number): Promise<void> {
  const changes: Promise<unknown>[] = [];
  for (const key of keys) {
    const { value, version } = index.getEntry(key) ?? {};
    if (version === undefined) continue;
    changes.push(
      ...together(
        (change) => index.ifVersion(key, version, change),
        () => [index.put(key, usedAgain(value, now), version)],
      ),
    );
  }
  await Promise.all(changes);
}
