import type { CallToExamine } from './examine.js';
import type { SharedNames } from './fences.js';

/** So many calls are remembered at least, and twice as many at most. */
const LEAST = 1000;

/** Longer keys are not held on to: the names of a call take a few times the room of its key. */
const LONGEST_KEY = 150;

/**
 * The names of calls that were looked for lately. Most calls are looked for again and again, each time when memory has let
 * their entries go; their digests need not be taken each time.
 */
export class RecentCalls {
  #young = new Map<string, CallToExamine>();
  #old = new Map<string, CallToExamine>();

  /** The names of a call, if they are remembered and the others among its fences are these. */
  find(key: string, shared: SharedNames): CallToExamine | undefined {
    const young = this.#young.get(key);
    const found = young ?? this.#old.get(key);
    if (found?.names.shared !== shared) return undefined;
    if (young === undefined) this.note(found);
    return found;
  }

  note(call: CallToExamine): void {
    if (call.key.length > LONGEST_KEY) return;
    if (this.#young.size >= LEAST) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(call.key, call);
  }
}
