import type { StreamIterator } from '../cached.js';
import type { Kept } from '../copy/index.js';
import { attempt } from '../data/attempt.js';
import { record, type Passed, type Recorder } from '../run/inherited.js';
import { onAbort } from '../run/on-abort.js';
import { currentRecorder, currentRun } from '../run/run-context.js';
import { End, type Link } from './link.js';
import type { StreamRun } from './stream-run.js';

/** Where a reader begins to read. */
export interface Opened {
  readonly begin: Link;
  /** Who brings what comes after the last link; undefined for a stream that is kept, whose end is there. */
  readonly run: StreamRun | undefined;
  /** What it passes on to the run that reads it, as far as that is known by now; `isOver`: it reads no more. */
  readonly passes: (isOver: boolean) => Passed | undefined;
  /** Tells how the call is answered. */
  readonly tell: () => void;
}

/** What a reader is made of. */
export interface ReaderOptions {
  /** The name of the function, for errors. */
  readonly fn: string;
  /** Finds or starts what is to be read; called when the first item is asked for. What it throws reaches the caller. */
  readonly open: () => Opened;
  /** Lets this reader leave. */
  readonly signal: AbortSignal | undefined;
}

type Result = IteratorResult<unknown, undefined>;

/** One item that was asked for and has not come. */
interface Request {
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
  /** The run that asks waits no more. */
  answered: () => void;
}

/** One caller who reads a stream, at a pace of their own. */
export class Reader {
  readonly #options: ReaderOptions;
  #state: 'new' | 'reading' | 'over' = 'new';
  /** The last link that was read. */
  #at: Link | undefined;
  #run: StreamRun | undefined;
  #requests: Request[] = [];
  /** What the next call is to reject with. */
  #failure: { readonly error: unknown } | undefined;
  #stay: () => void = () => {};
  /** Passes on what is known by now to the run that reads, if it is a run. */
  #record: (isOver: boolean) => void = () => {};
  #isForsaken = false;

  constructor(options: ReaderOptions) {
    this.#options = options;
  }

  /** Whether it has read all that there is, and asks for more. */
  get isWaiting(): boolean {
    return this.#requests.length > 0;
  }

  /** Whether more than `bytes` wait to be read, and more than the one item `last`. */
  lagsBehind(last: Link, bytes: number): boolean {
    if (this.#at === undefined || this.#at.next === last) return false;
    return last.bytes - this.#at.bytes > bytes;
  }

  next(): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#requests.push({ resolve, reject, answered: () => {} });
      if (this.#state === 'new') this.#begin();
      this.serve();
      this.#wait();
    });
  }

  #begin(): void {
    const { open, signal } = this.#options;
    this.#state = 'reading';
    try {
      signal?.throwIfAborted();
      const { begin, run, passes, tell } = open();
      this.#at = begin;
      this.#run = run;
      this.#record = recording(currentRecorder(), passes);
      this.#record(false);
      run?.enter(this);
      if (signal !== undefined) this.#stay = onAbort(signal, () => this.fail(signal.reason));
      tell();
    } catch (error) {
      this.fail(error);
    }
  }

  /** Answers what was asked for, as far as it has come. */
  serve(): void {
    if (this.#state === 'over') this.#close();
    while (this.#requests.length > 0 && this.#at?.next !== undefined) {
      const { step } = (this.#at = this.#at.next);
      if (step === undefined) continue;
      if (step instanceof End) {
        if (step.failed) this.fail(step.error);
        else this.leave();
        return;
      }
      if (!this.#give(step)) return;
    }
    if (this.#isForsaken && this.#requests.length === 0) this.leave();
  }

  /** Gives an item to whoever asked first; false when it cannot be decoded any more, which is this reader's affair alone. */
  #give(item: Kept): boolean {
    const copied = attempt(() => item.copy());
    if (copied.failed) {
      this.fail(copied.error);
      return false;
    }
    const request = this.#requests.shift();
    request?.answered();
    request?.resolve({ done: false, value: copied.result });
    this.#record(false);
    return true;
  }

  /** What is asked for has not come yet. */
  #wait(): void {
    const request = this.#requests.at(-1);
    if (request === undefined || this.#run === undefined) return;
    try {
      request.answered = this.#run.flight.waitedForBy(currentRun(), this.#options.fn);
    } catch (error) {
      this.fail(error);
      return;
    }
    this.#run.want();
  }

  /** Reads no more; what was asked for is answered with the end. */
  leave(): void {
    const run = this.#run;
    // Told again, since more may be known by now.
    this.#record(true);
    this.#record = () => {};
    this.#state = 'over';
    this.#at = undefined;
    this.#run = undefined;
    this.#stay();
    this.#close();
    run?.leave(this);
  }

  /** Reads no more, because of an error: whoever asks first is told. */
  fail(error: unknown): void {
    this.#failure = { error };
    this.leave();
  }

  #close(): void {
    for (const { answered, resolve, reject } of this.#requests.splice(0)) {
      answered();
      const failure = this.#failure;
      this.#failure = undefined;
      if (failure === undefined) resolve({ done: true, value: undefined });
      else reject(failure.error);
    }
  }

  /** Nobody can ask any more: it leaves when it has answered. */
  forsake(): void {
    this.#isForsaken = true;
    this.serve();
  }
}

function recording(recorder: Recorder | undefined, passes: Opened['passes']): (isOver: boolean) => void {
  if (recorder === undefined) return () => {};
  return (isOver) => {
    const passed = passes(isOver);
    if (passed !== undefined) record(recorder, passed);
  };
}

/** Told of iterators that were dropped half read, without `return()`: nobody will ever tell that they have left. */
const dropped = new FinalizationRegistry<Reader>((reader) => reader.forsake());

/** What the caller of a cached stream gets. */
export function iteratorOf(options: ReaderOptions): StreamIterator<unknown> {
  const reader = new Reader(options);
  const leave = (): Promise<Result> => {
    reader.leave();
    return Promise.resolve({ done: true, value: undefined });
  };
  const iterator: StreamIterator<unknown> = {
    next: () => reader.next(),
    return: leave,
    throw(error) {
      reader.leave();
      return Promise.reject(error);
    },
    [Symbol.asyncIterator]: () => iterator,
    async [Symbol.asyncDispose]() {
      await leave();
    },
  };
  dropped.register(iterator, reader);
  return iterator;
}
