import type { FunctionNames } from './names.js';
import type { StorePort } from './port.js';
import type { StoreContext } from './store-context.js';

/** What the note says; whatever is there says the same. */
const THERE = '1';

/**
 * Writes the note that calls of a function have been deleted or expired one by one. No delete and no expire is acknowledged
 * before it, and it lives longer than their tombstones and marks.
 */
export function takeNote(port: StorePort, { note }: FunctionNames, life: number): Promise<void> {
  return port.set(note, THERE, life);
}

/**
 * Whether calls of one function may have fences of their own. Most functions are never outdated call by call: a look-up of
 * theirs reads the note, which all look-ups of a turn share, and neither tombstone nor mark.
 */
export class CallFences {
  readonly #context: Pick<StoreContext, 'guard' | 'tokenTtl' | 'isOpen'>;
  readonly #fn: FunctionNames;
  #known = false;
  #writing = false;

  constructor(context: Pick<StoreContext, 'guard' | 'tokenTtl' | 'isOpen'>, fn: FunctionNames) {
    this.#context = context;
    this.#fn = fn;
  }

  /** Whether this process has seen the note: then the fences of calls are read, be it there or not. */
  get areKnown(): boolean {
    return this.#known;
  }

  /** Takes in what the store has of the note. */
  saw(stored: unknown): void {
    if (stored !== undefined) this.#known = true;
  }

  /** Writes the note again, for those who come later, where the store has lost it. */
  mend(stored: unknown): void {
    const isLost = this.#known && stored === undefined;
    if (isLost && !this.#writing && this.#context.isOpen()) void this.#write();
  }

  async #write(): Promise<void> {
    const { guard, tokenTtl } = this.#context;
    this.#writing = true;
    await guard.send('note deletes', (port) => takeNote(port, this.#fn, tokenTtl));
    this.#writing = false;
  }
}
