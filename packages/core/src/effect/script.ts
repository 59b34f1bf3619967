import type { Kept } from '../copy/index.js';
import { tooManyEffects } from '../errors/index.js';

/** One call of an effect, as it was made inside a run. */
export interface Act {
  /** The effects of the cache that it is of. */
  readonly owner: object;
  readonly name: string;
  readonly args: Kept;
}

/** What a run has recorded, in the order of its calls. */
export interface Acts {
  readonly list: readonly Act[];
  /** Estimated bytes in memory. */
  readonly bytes: number;
}

/** The most effects that one run may record, those of the cached calls inside it included. */
const MOST_EFFECTS = 100;
/** The most bytes (estimated) that their arguments may take. */
const MOST_EFFECT_BYTES = 64 * 1024;

/** Estimated bytes of an act beside its arguments. */
const ACT_BYTES = 64;

/** Where in a script the effects of a cached call belong, which was made before they are known. */
export interface Place {
  fill(acts: Acts | undefined): void;
}

/** The effects of one run: its own, and those of the cached calls inside it. */
export class Script {
  readonly #parts: (Act | { acts: Acts | undefined })[] = [];

  /** Records one. Throws `ERR_MILLPOND_EFFECT` when there are too many, or their arguments take too much. */
  add(act: Act, fn: string): void {
    this.#parts.push(act);
    try {
      this.#check(fn);
    } catch (error) {
      this.#parts.pop();
      throw error;
    }
  }

  /** Keeps a place for what a cached call that begins now will bring: it is acted in the order of the calls. */
  reserve(): Place {
    const part: { acts: Acts | undefined } = { acts: undefined };
    this.#parts.push(part);
    return {
      fill(acts) {
        part.acts = acts;
      },
    };
  }

  /** What was recorded so far. Throws as `add` does. */
  sealed(fn: string): Acts | undefined {
    this.#check(fn);
    return this.recorded();
  }

  /** The same, whatever it takes. */
  recorded(): Acts | undefined {
    const list = this.#parts.flatMap((part) => ('acts' in part ? (part.acts?.list ?? []) : [part]));
    if (list.length === 0) return undefined;
    return { list, bytes: list.reduce((sum, { args }) => sum + args.bytes + ACT_BYTES, 0) };
  }

  #check(fn: string): void {
    const acts = this.recorded();
    if (acts === undefined) return;
    if (acts.list.length > MOST_EFFECTS || acts.bytes > MOST_EFFECT_BYTES) {
      throw tooManyEffects(fn, MOST_EFFECTS, MOST_EFFECT_BYTES);
    }
  }
}

/** Whoever records effects: a run whose result is handed out again. */
export interface Performer {
  /** Whether what is recorded acts with each hand-out; what is not recorded acts at once. */
  readonly replays: boolean;
  /** False: the effects of the cached calls inside it are none of its own (`inherit: false`). */
  readonly inherits: boolean;
  /** Made with the first effect, or the first cached call that may bring some. */
  script: Script | undefined;
}

const DROPPED: Place = { fill: () => undefined };

/** Where the effects of a cached call that begins now belong; undefined when they act where it is answered. */
export function placeIn(performer: Performer | undefined): Place | undefined {
  if (performer === undefined || !performer.replays) return undefined;
  if (!performer.inherits) return DROPPED;
  performer.script ??= new Script();
  return performer.script.reserve();
}
