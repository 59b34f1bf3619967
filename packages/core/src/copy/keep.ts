import { Build } from './build.js';
import { Undecodable } from './coded.js';
import type { Codecs } from './codecs.js';
import { copyAny, copyPlain, type Findings } from './copier.js';
import { picture, type Picture } from './picture.js';
import { shapeCopierOf, type Read, type Reading, type ShapeCopier } from './shape/index.js';
import { weighTree } from './weigh-tree.js';
import { weigh } from './weigh.js';

/** A kept value: its private master, and what each caller gets of it. */
export interface Kept {
  /** The private master; never handed to a caller unless the mode is `freeze` or `share`, or it is a primitive. */
  readonly master: unknown;
  /** The estimated bytes of the master in memory. */
  readonly bytes: number;
  /** What is known of the master; undefined when it was not looked at (`share`). */
  readonly findings: Findings | undefined;
  /**
   * Its master and what copies that, once that is settled: who has both makes copies without this, and needs it no more.
   * Undefined as long as each copy is decided upon here.
   */
  readonly settled: Settled | undefined;
  /**
   * What one caller gets: a fresh copy (`clone`), the one frozen master (`freeze`), or the value itself (`share`).
   * Throws `ERR_MILLPOND_UNCACHEABLE_VALUE` when a codec does not decode any more what it did when the value was kept.
   */
  copy(): unknown;
  /** What is written of it to a store: instances are what their codecs have made of them. Throws as `keep` does. */
  written(): unknown;
}

/** A master, and what one caller gets of it. */
export interface Settled {
  readonly master: unknown;
  readonly copy: (master: unknown) => unknown;
}

/** How a value is kept. */
export interface KeepOptions {
  /** The name of the function, for errors. */
  readonly fn: string;
  /** What errors call the value; `result` by default. */
  readonly root?: string | undefined;
  /** What errors advise; by default, what mends a result. */
  readonly cure?: string | undefined;
  /** `clone`: a copy for each caller. `freeze`: one frozen value for all. `share`: the value itself, as it is. */
  readonly mode: 'clone' | 'freeze' | 'share';
  /** How instances of classes are kept; undefined for not at all. */
  readonly codecs?: Codecs | undefined;
  /** Hears the first time that a `share` value is found changed, of the place; undefined: it is not looked for. */
  readonly onMutated?: ((path: string) => void) | undefined;
  /** What earlier values of this function looked like: the next one that looks so is kept faster. */
  readonly reading?: Reading | undefined;
}

/**
 * Keeps the result of a function: builds a private, faithful copy of it, from which every caller (the computing one
 * too, hazard 44) gets a copy. Throws `ERR_MILLPOND_UNCACHEABLE_VALUE` with the path of what is not data.
 *
 * Faithful means: everything that `structuredClone` keeps, and Buffer, URL, URLSearchParams, Headers, objects without a
 * prototype, every error of the language with all its own enumerable properties, and instances that have a codec. As in
 * `structuredClone`, getters become what they answer, non-enumerable properties are left out (but for those of an
 * error), frozen objects are thawed and a RegExp starts at `lastIndex` 0. Each ArrayBuffer and each view gets memory of
 * its own, of the size of its window: two views of one buffer are two buffers in the copy. In mode `share` nothing is
 * looked at but its size.
 */
export function keep(value: unknown, options: KeepOptions): Kept {
  return options.mode === 'share' ? new Shared(value, options) : build(value, options, false);
}

/**
 * Keeps a value that is private already, such as one that was read from a store: it becomes the master itself. Throws
 * as `keep` does; so a stored Date is refused when the mode has become `freeze`.
 */
export function adopt(master: unknown, options: KeepOptions): Kept {
  if (options.mode === 'clone') return build(master, options, true);
  const value = revived(master, options);
  return options.mode === 'share' ? new Shared(value, options) : build(value, options, true);
}

/**
 * Keeps, by `clone`, a value that is private and known to be a tree of data: no object in two places, no array with holes or
 * names, no instance. It becomes the master itself, and nothing is looked for in it again.
 */
export function adoptTree(master: unknown): Kept {
  const { bytes, plain } = weighTree(master);
  const isObject = typeof master === 'object' && master !== null;
  return isObject ? new Tree(master, bytes, plain, undefined) : new OneForAll(master, bytes, TREE);
}

/** A value with instances in the places of their data. */
function revived(master: unknown, options: KeepOptions): unknown {
  return options.codecs === undefined ? master : build(master, { ...options, mode: 'clone' }, true).copy();
}

function build(value: unknown, options: KeepOptions, owned: boolean): Kept {
  const { mode, codecs } = options;
  const walk = new Build({ owned, freeze: mode === 'freeze', codecs });
  const reading = owned ? undefined : readingOf(options);
  // Before the value is read: its getters may call the same function, which would learn meanwhile.
  const code = reading?.code;
  const master = run(walk, value, options, code?.read);
  if (mode === 'freeze' || typeof master !== 'object' || master === null) {
    return new OneForAll(master, walk.bytes, findingsOf(walk, options));
  }
  if (!walk.isTree) return mixed(master, walk, options);
  const copier = walk.fits ? code?.copier(walk.bytes) : undefined;
  if (copier === undefined) reading?.learn(master, walk.bytes);
  return new Tree(master, walk.bytes, walk.plain, copier);
}

function findingsOf({ isTree, shared, odd, coded }: Build, { codecs }: KeepOptions): Findings {
  return isTree ? TREE : { shared, odd, codecs: coded ? codecs : undefined };
}

function mixed(master: object, walk: Build, options: KeepOptions): Kept {
  const kept = new Mixed(master, walk.bytes, findingsOf(walk, options), options.fn);
  // What cannot be decoded is found out here, and not by whoever is the first to hit.
  if (walk.runsCodecs) kept.copy();
  return kept;
}

/** What is frozen, or may hold instances, needs to be looked at otherwise. */
function readingOf({ mode, codecs, reading }: KeepOptions): Reading | undefined {
  return mode === 'clone' && codecs === undefined ? reading : undefined;
}

function run(walk: Build, value: unknown, options: KeepOptions, read: Read | undefined): unknown {
  try {
    return read !== undefined && typeof value === 'object' && value !== null ? read(value, walk) : walk.make(value);
  } catch (error) {
    throw walk.trail.failure(options.fn, error, walk.reading, options);
  }
}

/** What all get of a value that nobody can change, or that may be shared. */
const itself: Settled['copy'] = (master) => master;

/** A value that nobody can change. */
class OneForAll implements Kept {
  readonly master: unknown;
  readonly bytes: number;
  readonly findings: Findings;

  constructor(master: unknown, bytes: number, findings: Findings) {
    this.master = master;
    this.bytes = bytes;
    this.findings = findings;
  }

  get settled(): Settled {
    return { master: this.master, copy: itself };
  }

  copy(): unknown {
    return this.master;
  }

  written(): unknown {
    return this.master;
  }
}

/** A value that its function wants to be shared as it is. */
class Shared implements Kept {
  readonly master: unknown;
  readonly bytes: number;
  readonly findings: undefined;
  readonly #options: KeepOptions;
  /** What it was when it was kept, as long as it was not found to have changed. */
  #picture: Picture | undefined;

  constructor(value: unknown, options: KeepOptions) {
    this.master = value;
    this.bytes = weigh(value);
    this.#options = options;
    if (options.onMutated !== undefined) this.#picture = picture(value);
  }

  get settled(): Settled | undefined {
    return this.#picture === undefined ? { master: this.master, copy: itself } : undefined;
  }

  copy(): unknown {
    const path = this.#picture?.change();
    if (path !== undefined) {
      this.#picture = undefined;
      this.#options.onMutated?.(path);
    }
    return this.master;
  }

  written(): unknown {
    if (this.#options.codecs === undefined) return this.master;
    return build(this.master, { ...this.#options, mode: 'clone' }, false).master;
  }
}

/** So many copies are made before a master is looked at more closely: one that is hardly used is not worth that. */
const FIRST_COPIES = 3;

/** A tree: no object in two places, and nothing in it that is looked up somewhere. */
class Tree implements Kept {
  master: object;
  readonly bytes: number;
  readonly #plain: boolean;
  /** What its copies are made with, once that is settled. */
  #copy: ShapeCopier['copy'] | undefined;
  #copier: ShapeCopier | undefined;
  #copies = 0;

  constructor(master: object, bytes: number, plain: boolean, copier: ShapeCopier | undefined) {
    this.master = master;
    this.bytes = bytes;
    this.#plain = plain;
    this.#copy = copier?.copy;
  }

  get settled(): Settled | undefined {
    return this.#copy && { master: this.master, copy: this.#copy };
  }

  copy(): unknown {
    return this.#copy === undefined ? this.#early() : this.#copy(this.master);
  }

  #early(): unknown {
    this.#copies += 1;
    if (this.#copies <= FIRST_COPIES) return this.#plain ? copyPlain(this.master) : copyAny(this.master, TREE);
    const copier = (this.#copier ??= shapeCopierOf(this.master, this.bytes));
    copier.note(this.bytes);
    if (copier.settled) {
      this.master = copier.rebuilt(this.master);
      this.#copy = copier.copy;
    }
    return copier.copy(this.master);
  }

  get findings(): Findings {
    return TREE;
  }

  written(): unknown {
    return this.master;
  }
}

const TREE: Findings = { shared: false, odd: undefined, codecs: undefined };

/** Anything else. */
class Mixed implements Kept {
  readonly master: object;
  readonly bytes: number;
  readonly findings: Findings;
  readonly settled = undefined;
  readonly #fn: string;

  constructor(master: object, bytes: number, findings: Findings, fn: string) {
    this.master = master;
    this.bytes = bytes;
    this.findings = findings;
    this.#fn = fn;
  }

  copy(): unknown {
    if (this.findings.codecs === undefined) return copyAny(this.master, this.findings);
    try {
      return copyAny(this.master, this.findings);
    } catch (error) {
      throw error instanceof Undecodable ? this.#failure(error) : error;
    }
  }

  written(): unknown {
    return this.master;
  }

  /** Walks once more to the place that could not be decoded, which tells its path. */
  #failure(undecodable: Undecodable): unknown {
    const { codecs } = this.findings;
    const walk = new Build({ owned: true, freeze: false, codecs, undecodable });
    try {
      walk.make(this.master);
      return undecodable;
    } catch (error) {
      return walk.trail.failure(this.#fn, error, undefined);
    }
  }
}
