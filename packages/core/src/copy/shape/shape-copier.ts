import { copyAny } from '../copier.js';
import { copyDate } from '../leaf.js';
import { compiled } from './compiled.js';
import { composed } from './composed.js';
import { shapeOf, textOf, type Shape } from './shape.js';
import type { Copy, Tools } from './tools.js';

/** So many shapes are known at once. */
const MOST_SHAPES = 512;
/** A shape of which so many bytes have been copied is worth the time that compiling takes. */
const WORTH_COMPILING = 64 * 1024;
/** What weighs as many bytes is copied as something large. */
const LARGE = 128 * 1024;

const NOTHING_FOUND = { shared: false, odd: undefined, codecs: undefined };

const TOOLS: Tools = {
  date: (value) => copyDate(value as object),
  any: (value) => (typeof value === 'object' && value !== null ? copyAny(value, NOTHING_FOUND) : value),
};

/**
 * Copies the masters of one shape. It is composed at first, and compiled when it has proved to be worth that, so that
 * what is copied now and then costs no compilation.
 */
export class ShapeCopier {
  /** Copies one master. */
  copy: Copy;
  /** Whether `copy` will not be replaced by a faster one. */
  settled: boolean;
  readonly #shape: Shape;
  readonly #isLarge: boolean;
  #rebuild: Copy | undefined;
  #copied = 0;

  constructor(shape: Shape, isLarge: boolean) {
    this.#shape = shape;
    this.#isLarge = isLarge;
    this.copy = composed(shape, TOOLS);
    this.settled = shape.kind === 'any';
  }

  /** Compiles it now, for a shape that is known to be worth that. */
  hot(): this {
    this.note(WORTH_COMPILING);
    return this;
  }

  /** Notes that so many bytes are copied, and compiles when it is time. */
  note(bytes: number): void {
    this.#copied += bytes;
    if (this.settled || this.#copied < WORTH_COMPILING) return;
    this.settled = true;
    this.copy = compiled(this.#shape, TOOLS, this.#isLarge) ?? this.copy;
    // Another one: what it has seen (masters of any origin) must not make the one for hits look for more than it finds.
    this.#rebuild = compiled(this.#shape, TOOLS, false);
  }

  /** The same master, all of its objects of one shape made in one way, which is what makes reading them fast in V8. */
  rebuilt(master: object): object {
    return this.#rebuild === undefined ? master : (this.#rebuild(master) as object);
  }
}

const known = new Map<string, ShapeCopier>();

/**
 * The copier of what has the shape of a master of so many bytes that is a tree: no object in two places, no odd array, no
 * instance.
 */
export function shapeCopierOf(master: object, bytes: number): ShapeCopier {
  return copierOf(shapeOf(master), isLarge(bytes));
}

/** Whether a master of so many bytes is copied as something large. */
export function isLarge(bytes: number): boolean {
  return bytes >= LARGE;
}

/** The copier of the masters of a shape that are large, or of those that are not. */
export function copierOf(shape: Shape, large: boolean): ShapeCopier {
  const text = `${large ? 'large ' : ''}${textOf(shape)}`;
  const found = known.get(text);
  if (found !== undefined) return found;
  const copier = new ShapeCopier(shape, large);
  const [oldest] = known.keys();
  // Those who have it keep it.
  if (known.size >= MOST_SHAPES && oldest !== undefined) known.delete(oldest);
  known.set(text, copier);
  return copier;
}
