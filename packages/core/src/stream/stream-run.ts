import { inRootContext } from '../context.js';
import type { Kept } from '../copy/index.js';
import { readerTooSlow } from '../errors/index.js';
import type { Flight } from '../run/flight.js';
import type { Passed } from '../run/inherited.js';
import { runWithin } from '../run/run-context.js';
import { End, Link } from './link.js';
import type { Reader } from './reader.js';
import type { Source } from './source.js';

/** What a run is about, and what becomes of it. */
export interface RunOwner {
  /** The name of the function, for errors. */
  readonly fn: string;
  /** The most bytes (estimated) that are held of it, for those who come later and for those who lag behind. */
  readonly maxBytes: number;
  /** Runs code of the function in the async context that it is to see. */
  readonly within: <R>(run: () => R) => R;
  now(): number;
  /** Calls the function. */
  open(): Promise<Source>;
  /** Takes an item; throws when it is none that can be kept. */
  keep(item: unknown): Kept;
  /**
   * Every item has come, of so many bytes: answers what puts them away. `begin` is undefined when they are not all held
   * any more. What it throws breaks the stream.
   */
  complete(begin: Link | undefined, bytes: number): () => void;
  /** The stream broke, or could not be stopped. */
  fail(error: unknown): void;
  /** More has come than is held: it counts as outdated, so that nobody joins it any more, and it is not kept. */
  outgrow(bytes: number): void;
  /** Nobody reads it. Answers whether it is to stop; `isWaiting` tells whether its function is at work on an item. */
  desert(isWaiting: boolean): boolean;
  /** It was stopped. */
  stopped(): void;
  /** What it passes on to the run that reads it, as far as that is known by now (`isOver`: it reads no more); undefined for what is nobody's. */
  passes(isOver: boolean): Passed | undefined;
}

/**
 * One run of a function that gives items, and everybody who reads it. The fastest reader sets the pace: an item is asked
 * for when somebody has read all that there is and wants more, so that what nobody reads does not fill the memory.
 */
export class StreamRun {
  readonly flight: Flight<void>;
  /** Resolves when its function has ended, or has been stopped. */
  readonly ended: Promise<void>;
  readonly #owner: RunOwner;
  readonly #readers = new Set<Reader>();
  #begin: Link | undefined;
  #last: Link;
  #source: Source | undefined;
  /** The item that is on its way. It never rejects. */
  #pulled: Promise<void> | undefined;
  /** Whether nothing more is asked of the function. */
  #over = false;
  #end: () => void = () => {};

  /** `begin` is the place before the first item. */
  constructor(flight: Flight<void>, begin: Link, owner: RunOwner) {
    this.flight = flight;
    this.#owner = owner;
    this.#begin = begin;
    this.#last = begin;
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  /** The place before the first item; undefined when that is not held any more, so that nobody can begin here. */
  get begin(): Link | undefined {
    return this.#begin;
  }

  /** How many read it. */
  get readers(): number {
    return this.#readers.size;
  }

  /** What it passes on to the run that reads it, as far as that is known by now; `isOver`: it reads no more. */
  passes(isOver: boolean): Passed | undefined {
    return this.#owner.passes(isOver);
  }

  enter(reader: Reader): void {
    this.#readers.add(reader);
  }

  /** A reader leaves, or has got the end. */
  leave(reader: Reader): void {
    this.#readers.delete(reader);
    this.stopUnlessRead();
  }

  /** Stops the function when nobody reads. */
  stopUnlessRead(): void {
    if (this.#over || this.#readers.size > 0 || !this.#owner.desert(this.#pulled !== undefined)) return;
    this.#over = true;
    this.#begin = undefined;
    inRootContext(() => void this.#stop());
  }

  /** A reader has read all that there is, and asks for more. */
  want(): void {
    if (this.#over || this.#pulled !== undefined) return;
    this.flight.waitedSince = this.#owner.now();
    // Not in the context of whoever asks: what is on its way would hold on to that request.
    inRootContext(() => {
      this.#pulled = this.#pull();
    });
  }

  async #pull(): Promise<void> {
    let arrived: () => void;
    try {
      const { done, value } = await this.#call(() => this.#next());
      arrived = () => (done === true ? this.#complete() : this.#add(value));
    } catch (error) {
      arrived = () => this.#break(error);
    }
    this.#pulled = undefined;
    this.flight.waitedSince = Infinity;
    if (!this.#over) arrived();
  }

  async #next(): Promise<IteratorResult<unknown>> {
    this.#source ??= await this.#owner.open();
    return this.#over ? { done: true, value: undefined } : this.#source.next();
  }

  /** Runs code of the function, as this run: also when another reader asked for an item than the time before. */
  #call<R>(run: () => R): Promise<Awaited<R>> {
    return this.#owner.within(() => runWithin(this.flight, run));
  }

  #add(item: unknown): void {
    let kept: Kept;
    try {
      kept = this.#owner.keep(item);
    } catch (error) {
      this.#break(error);
      this.#call(() => this.#source?.stop()).catch(() => {
        // The stream has failed already, and everybody was told why.
      });
      return;
    }
    this.#append(kept);
    this.#holdNoMore();
    this.#serve();
    this.#cutOff();
    this.stopUnlessRead();
    if ([...this.#readers].some((reader) => reader.isWaiting)) this.want();
  }

  #append(step: Kept | End): void {
    const link = new Link(step, this.#last.bytes);
    this.#last.next = link;
    this.#last = link;
  }

  /** Lets go of the begin when nobody will begin there: then what everybody has read is held by nobody. */
  #holdNoMore(): void {
    if (!this.flight.outdated && this.#last.bytes > this.#owner.maxBytes) this.#owner.outgrow(this.#last.bytes);
    if (this.flight.outdated) this.#begin = undefined;
  }

  #serve(): void {
    for (const reader of this.#readers) reader.serve();
  }

  /** A reader who lags too far behind is let go: neither the others nor the memory wait for him. */
  #cutOff(): void {
    const { fn, maxBytes } = this.#owner;
    if (this.#last.bytes <= maxBytes) return;
    for (const reader of this.#readers) {
      if (reader.lagsBehind(this.#last, maxBytes)) reader.fail(readerTooSlow(fn, maxBytes));
    }
  }

  #complete(): void {
    this.#over = true;
    let putAway: () => void;
    try {
      putAway = this.#owner.complete(this.#begin, this.#last.bytes);
    } catch (error) {
      this.#break(error);
      return;
    }
    this.#settle(new End(false), putAway);
  }

  #break(error: unknown): void {
    this.#over = true;
    this.#settle(new End(true, error), () => this.#owner.fail(error));
  }

  /** The end is there before anybody is told of it: who hears of it may call, and read what is kept. */
  #settle(end: End, tell: () => void): void {
    this.#append(end);
    tell();
    this.#begin = undefined;
    this.#serve();
    this.#end();
  }

  async #stop(): Promise<void> {
    const { signal } = this.flight;
    const source = this.#source;
    try {
      await Promise.all([this.#call(() => source?.stop()), this.#pulled]);
      // The function may have answered only now.
      if (source === undefined) await this.#call(() => this.#source?.stop());
      this.#owner.stopped();
    } catch (error) {
      // What was told to stop may say so.
      if (error === signal.reason) this.#owner.stopped();
      else this.#owner.fail(error);
    }
    this.#end();
  }
}
