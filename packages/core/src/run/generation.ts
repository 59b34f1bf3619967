/** A tag that something kept carries. Its generation moves with each invalidation; the cell lives while it is carried. */
interface TagCell {
  readonly tag: string;
  generation: number;
  carriers: number;
}

/** The generation of one tag at the time when an entry was kept. */
export interface TagStamp {
  readonly cell: TagCell;
  readonly generation: number;
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
 * What tag invalidations outdate, in this process: entries by a comparison of generations (so an invalidation costs the
 * same however many entries there are), flights by a log of the invalidations since the oldest of them began.
 */
export class Generations {
  readonly #cells = new Map<string, TagCell>();
  #log: Invalidated[] = [];
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
      const cell = this.#cells.get(tag);
      if (cell !== undefined) cell.generation += 1;
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

  /** Notes the generations of tags for an entry that is about to be kept. */
  stamp(tags: readonly string[]): readonly TagStamp[] {
    if (tags.length === 0) return NO_STAMPS;
    return tags.map((tag) => {
      let cell = this.#cells.get(tag);
      if (cell === undefined) this.#cells.set(tag, (cell = { tag, generation: 0, carriers: 0 }));
      cell.carriers += 1;
      return { cell, generation: cell.generation };
    });
  }

  /** An entry has gone: tags that nothing carries any more are forgotten. */
  release(stamps: readonly TagStamp[]): void {
    for (const { cell } of stamps) {
      cell.carriers -= 1;
      if (cell.carriers === 0) this.#cells.delete(cell.tag);
    }
  }
}

/** The tags of an entry. */
export function tagsOf(stamps: readonly TagStamp[]): readonly string[] {
  return stamps.map(({ cell }) => cell.tag);
}

/** Whether none of an entry's tags was invalidated since it was kept. */
export function isCurrent(stamps: readonly TagStamp[]): boolean {
  for (const { cell, generation } of stamps) if (cell.generation !== generation) return false;
  return true;
}
