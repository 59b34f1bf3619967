import { Ages } from './ages.js';

/** One thing that a local store keeps. */
export interface Kept {
  /** Where: a file, or a key. */
  readonly place: string;
  /** Whether it outdates entries (a token, a tombstone, a mark) rather than being one. */
  readonly isFence: boolean;
  readonly bytes: number;
  /** When it was written, in milliseconds since 1970 by the clock of the machine. */
  readonly written: number;
  /** When it was used last, in milliseconds since 1970. */
  readonly used: number;
  /** When it is over, in milliseconds since 1970. */
  readonly end: number;
}

/** What a sweep goes over. It may change under it: other processes write, and sweep. */
export interface Holdings {
  /** All that is kept, a part at a time. */
  list(): AsyncIterable<Kept>;
  /** Removes what is over by `now`; false when it turns out to have been renewed. */
  removeExpired(kept: Kept, now: number): Promise<boolean>;
  /** Removes an entry, whatever its age. */
  evict(kept: Kept): Promise<void>;
}

/** What a sweep came to. */
export interface Swept {
  /** How many things were over, and are gone. */
  readonly expired: number;
  /** How many entries had been cleared, and are gone. */
  readonly cleared: number;
  /** How many entries had to make room. */
  readonly evicted: number;
  /** How many bytes are left. */
  readonly bytes: number;
}

/** How a sweep is done. */
export interface SweepOptions {
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly maxBytes: number;
  /** What the places of entries begin with that were cleared, and when: by the clock of the machine. */
  readonly cleared: ReadonlyMap<string, number>;
  readonly isStopped: () => boolean;
}

/** Fences outlast their end by this: the clocks of processes may be half an hour apart (docs/guarantees.md). */
const FENCE_GRACE = 3_600_000;

/** A full store is emptied so far, so that the next writes do not make it full again. */
const LOW_MARK = 0.9;

/**
 * Removes what is over, and when there is still too much, the entries that were not used for the longest. Fences stay to
 * their end: without a tombstone a run that was outdated could be kept.
 */
export async function sweep(holdings: Holdings, options: SweepOptions): Promise<Swept> {
  const ages = new Ages();
  let [expired, cleared, bytes] = [0, 0, 0];
  for await (const kept of holdings.list()) {
    if (options.isStopped()) break;
    const by = kept.isFence ? options.now - FENCE_GRACE : options.now;
    if (isCleared(kept, options)) {
      await holdings.evict(kept);
      cleared += 1;
    } else if (kept.end <= by && (await holdings.removeExpired(kept, by))) expired += 1;
    else {
      bytes += kept.bytes;
      if (!kept.isFence) ages.add(kept.used, kept.bytes);
    }
  }
  if (bytes <= options.maxBytes || options.isStopped()) return { expired, cleared, evicted: 0, bytes };
  const excess = bytes - options.maxBytes * LOW_MARK;
  const { evicted, freed } = await evictOldest(holdings, excess, ages.upTo(excess), options);
  return { expired, cleared, evicted, bytes: bytes - freed };
}

/** What was written after the clear stays. */
function isCleared({ isFence, place, written }: Kept, { cleared }: SweepOptions): boolean {
  if (isFence || cleared.size === 0) return false;
  for (const [beginning, instant] of cleared) if (written < instant && place.startsWith(beginning)) return true;
  return false;
}

async function evictOldest(
  holdings: Holdings,
  excess: number,
  before: number,
  { isStopped }: SweepOptions,
): Promise<{ readonly evicted: number; readonly freed: number }> {
  let evicted = 0;
  let freed = 0;
  for await (const kept of holdings.list()) {
    if (freed >= excess || isStopped()) break;
    if (kept.isFence || kept.used >= before) continue;
    await holdings.evict(kept);
    evicted += 1;
    freed += kept.bytes;
  }
  return { evicted, freed };
}
