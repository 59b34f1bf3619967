/**
 * A tag that something kept carries, from one invalidation to the next: one object for all that carry it. It is known as
 * long as it is carried.
 */
export interface TagStamp {
  readonly tag: string;
  /** Whether the tag was not invalidated since. */
  isCurrent: boolean;
  /** How many carry it. */
  carriers: number;
}

/** Those of an entry without tags. */
export const NO_STAMPS: readonly TagStamp[] = [];

interface Invalidated {
  readonly position: number;
  readonly tag: string;
}

/** Invalidations that the log holds; when more come during one flight, all that began before them counts as outdated. */
const LONGEST_LOG = 10_000;

/**
 * What tag invalidations outdate, in this process: entries by the stamps that they carry (so an invalidation costs the
 * same however many entries there are), flights by a log of the invalidations since the oldest of them began.
 */
export class Generations {
  readonly #stamps = new Map<string, TagStamp>();
  #log: Invalidated[] = [];
  /** What was stamped last: many results of a function often have one list of tags. */
  #latest: { readonly tags: readonly string[]; readonly stamps: readonly TagStamp[] } = { tags: [], stamps: NO_STAMPS };
  #position = 0;
  #forgottenUpTo = 0;
  #flights = 0;

  /** Where the log stands: what a flight notes at its start, and a caller when joining. */
  get position(): number {
    return this.#position;
  }

  /** A flight begins: what is invalidated from now on is logged until every flight has ended. */
  enter(): void {
    this.#flights += 1;
  }

  /** A flight has ended. */
  leave(): void {
    this.#flights -= 1;
    if (this.#flights === 0) this.#log = [];
  }

  /** Outdates everything that carries one of the tags. */
  invalidate(tags: readonly string[]): void {
    for (const tag of tags) {
      const stamp = this.#stamps.get(tag);
      if (stamp !== undefined) {
        stamp.isCurrent = false;
        this.#stamps.delete(tag);
      }
      this.#position += 1;
      if (this.#flights > 0) this.#log.push({ position: this.#position, tag });
    }
    if (this.#log.length <= LONGEST_LOG) return;
    this.#log = [];
    this.#forgottenUpTo = this.#position;
  }

  /** The position of the first invalidation of one of the tags after position `from`, or undefined. */
  firstInvalidation(from: number, tags: readonly string[]): number | undefined {
    if (tags.length === 0) return undefined;
    if (from < this.#forgottenUpTo) return from + 1;
    return this.#log.find(({ position, tag }) => position > from && tags.includes(tag))?.position;
  }

  /** Stamps an entry that is about to be kept with its tags. */
  stamp(tags: readonly string[]): readonly TagStamp[] {
    if (tags.length === 0) return NO_STAMPS;
    const { stamps } = this.#latest;
    if (this.#latest.tags !== tags || !stamps.every(isCarried)) {
      this.#latest = { tags, stamps: tags.map((tag) => this.#carried(tag)) };
      return this.#latest.stamps;
    }
    for (const stamp of stamps) stamp.carriers += 1;
    return stamps;
  }

  #carried(tag: string): TagStamp {
    let stamp = this.#stamps.get(tag);
    if (stamp === undefined) this.#stamps.set(tag, (stamp = { tag, isCurrent: true, carriers: 0 }));
    stamp.carriers += 1;
    return stamp;
  }

  /** An entry has gone: tags that nothing carries any more are forgotten. */
  release(stamps: readonly TagStamp[]): void {
    for (const stamp of stamps) {
      stamp.carriers -= 1;
      if (stamp.carriers === 0 && stamp.isCurrent) this.#stamps.delete(stamp.tag);
    }
  }
}

/** Whether others have a stamp that is still good. */
function isCarried({ isCurrent, carriers }: TagStamp): boolean {
  return isCurrent && carriers > 0;
}

/** The tags of an entry. */
export function tagsOf(stamps: readonly TagStamp[]): readonly string[] {
  return stamps.map(({ tag }) => tag);
}

/** Whether none of an entry's tags was invalidated since it was kept. */
export function isCurrent(stamps: readonly TagStamp[]): boolean {
  for (const stamp of stamps) if (!stamp.isCurrent) return false;
  return true;
}
