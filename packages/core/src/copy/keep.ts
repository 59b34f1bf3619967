import { Build } from './build.js';
import { copyAny, copyPlain, type Findings } from './copier.js';
import { weigh } from './weigh.js';

/** A kept value: its private master, and what each caller gets of it. */
export interface Kept {
  /** The private master; never handed to a caller unless the mode is `freeze` or `share`, or it is a primitive. */
  readonly master: unknown;
  /** The estimated bytes of the master in memory. */
  readonly bytes: number;
  /** What one caller gets: a fresh copy (`clone`), the one frozen master (`freeze`), or the value itself (`share`). */
  copy(): unknown;
}

/** How a value is kept. */
export interface KeepOptions {
  /** The name of the function, for errors. */
  readonly fn: string;
  /** `clone`: a copy for each caller. `freeze`: one frozen value for all. `share`: the value itself, as it is. */
  readonly mode: 'clone' | 'freeze' | 'share';
}

/**
 * Keeps the result of a function: builds a private, faithful copy of it, from which every caller (the computing one
 * too, hazard 44) gets a copy. Throws `ERR_MILLPOND_UNCACHEABLE_VALUE` with the path of what is not data.
 *
 * Faithful means: everything that `structuredClone` keeps, and Buffer, URL, URLSearchParams, Headers, objects without a
 * prototype, every error of the language with all its own enumerable properties. As in `structuredClone`, getters
 * become what they answer, non-enumerable properties are left out (but for those of an error), frozen objects are
 * thawed and a RegExp starts at `lastIndex` 0. Each ArrayBuffer and each view gets memory of its own, of the size of
 * its window: two views of one buffer are two buffers in the copy. In mode `share` nothing is looked at but its size.
 */
export function keep(value: unknown, options: KeepOptions): Kept {
  return options.mode === 'share' ? new OneForAll(value, weigh(value)) : build(value, options, false);
}

/**
 * Keeps a value that is private already, such as one that was read from a store: it becomes the master itself. Throws
 * as `keep` does; so a stored Date is refused when the mode has become `freeze`.
 */
export function adopt(master: unknown, options: KeepOptions): Kept {
  return options.mode === 'share' ? new OneForAll(master, weigh(master)) : build(master, options, true);
}

function build(value: unknown, { fn, mode }: KeepOptions, owned: boolean): Kept {
  const walk = new Build({ owned, freeze: mode === 'freeze' });
  let master: unknown;
  try {
    master = walk.make(value);
  } catch (error) {
    throw walk.trail.failure(fn, error, walk.reading);
  }
  if (mode === 'freeze' || typeof master !== 'object' || master === null) return new OneForAll(master, walk.bytes);
  if (walk.plain && !walk.shared) return new Plain(master, walk.bytes);
  return new Mixed(master, walk.bytes, { shared: walk.shared, odd: walk.odd });
}

/** A value that nobody can change, or that its function wants to be shared. */
class OneForAll implements Kept {
  readonly master: unknown;
  readonly bytes: number;

  constructor(master: unknown, bytes: number) {
    this.master = master;
    this.bytes = bytes;
  }

  copy(): unknown {
    return this.master;
  }
}

/** Plain objects and arrays, a tree. */
class Plain implements Kept {
  readonly master: object;
  readonly bytes: number;

  constructor(master: object, bytes: number) {
    this.master = master;
    this.bytes = bytes;
  }

  copy(): unknown {
    return copyPlain(this.master);
  }
}

/** Anything else. */
class Mixed implements Kept {
  readonly master: object;
  readonly bytes: number;
  readonly #findings: Findings;

  constructor(master: object, bytes: number, findings: Findings) {
    this.master = master;
    this.bytes = bytes;
    this.#findings = findings;
  }

  copy(): unknown {
    return copyAny(this.master, this.#findings);
  }
}
