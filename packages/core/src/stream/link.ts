import type { Kept } from '../copy/index.js';

/** How a stream ended. */
export class End {
  readonly failed: boolean;
  /** What it broke with, when it has failed. */
  readonly error: unknown;

  constructor(failed: boolean, error?: unknown) {
    this.failed = failed;
    this.error = error;
  }
}

/** Estimated bytes of an item beside its value: its link, and what copies it. */
const ITEM_OVERHEAD = 96;

/**
 * One step of a stream, and the way to the next. Readers hold the link that they have come to, and so all that they have
 * not read; what is behind every one of them is held by nobody.
 */
export class Link {
  /** What it brought: an item, the end, or nothing for the place before the first. */
  readonly step: Kept | End | undefined;
  /** Estimated bytes of the stream up to here. */
  readonly bytes: number;
  next: Link | undefined;

  constructor(step: Kept | End | undefined, bytesBefore: number) {
    this.step = step;
    this.bytes = step === undefined || step instanceof End ? bytesBefore : bytesBefore + step.bytes + ITEM_OVERHEAD;
  }
}

/** The place before the first item of a stream. */
export function beginning(): Link {
  return new Link(undefined, 0);
}

/** A copy of every item behind a link, for one caller. */
export function itemsFrom(begin: Link): unknown[] {
  const items: unknown[] = [];
  for (let link = begin.next; link !== undefined; link = link.next) {
    if (link.step !== undefined && !(link.step instanceof End)) items.push(link.step.copy());
  }
  return items;
}
