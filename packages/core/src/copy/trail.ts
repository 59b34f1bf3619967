import { type CacheError, describe, uncacheableValue } from '../errors/index.js';
import { pathOf, propertyPath, type Step } from '../path.js';
import { Refusal } from './refusal.js';

/**
 * How deep a value may be nested, in every walk alike: keeping, copying, writing and reading. The walks are recursive
 * because that is several times faster, and this many levels fit into what Node gives a stack.
 */
export const MAX_DEPTH = 1000;

/** Where a walk is: the steps from the result to the value at hand. */
export class Trail {
  readonly #steps: Step[] = [];

  /** Goes one level down. Throws a Refusal when that is deeper than any value may be. */
  enter(step: Step): void {
    if (this.#steps.length >= MAX_DEPTH) {
      throw new Refusal(
        `nested more than ${MAX_DEPTH} levels deep`,
        'Return a flatter value, such as an array of nodes that name each other by an id.',
      );
    }
    this.#steps.push(step);
  }

  /** Goes back one level. */
  leave(): void {
    this.#steps.pop();
  }

  /** Names the value at hand by one more step, for the error that follows. */
  point(step: Step): void {
    this.#steps.push(step);
  }

  /** What is told to the caller of `fn` when the walk stopped here with this error. */
  failure(
    fn: string,
    error: unknown,
    reading: object | undefined,
    { root = 'result', cure }: { readonly root?: string | undefined; readonly cure?: string | undefined } = {},
  ): CacheError {
    const refused = error instanceof Refusal;
    const key = refused ? error.key : unreadable(reading);
    const base = pathOf(root, this.#steps);
    const path = key === undefined ? base : propertyPath(base, key);
    if (refused) return uncacheableValue(fn, path, error.type, cure ?? error.cure, error.cause);
    return uncacheableValue(
      fn,
      path,
      `a value that cannot be read (it threw ${error instanceof Error ? error.message : describe(error)})`,
      'Mend its getter or proxy, or return plain data.',
      error,
    );
  }
}

/** The first property that throws when it is read again; only to name it, what it answers is not used. */
function unreadable(source: object | undefined): string | undefined {
  if (source === undefined) return undefined;
  let last: string | undefined;
  try {
    for (const key of Object.keys(source)) {
      last = key;
      Reflect.get(source, key);
    }
    return undefined;
  } catch {
    // The failure itself is being reported already, with its cause.
    return last;
  }
}
