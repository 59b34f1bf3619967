import { decode, type Decoded } from '../codec/index.js';
import { adopt, adoptTree, stringBytes, type KeepOptions, type Kept, type Settled } from '../copy/index.js';

/** Shorter texts are decoded and looked through at once: that costs next to nothing, and the next hit nothing at all. */
const SHORT = 1000;

/** What a stored text takes beside its characters: the frame that it is a part of. */
const OVERHEAD = 500;

/**
 * Keeps a value that the store has as a text. Throws as `decodeValue` and `adopt` do, whatever is asked of it later.
 *
 * What is long is kept as its text, until memory is asked for it a second time: the first who takes it gets the decoded
 * value itself, which is nobody else's, so that it need not be looked through, copied and held for those who may never come.
 */
export function storedValue(text: string, options: KeepOptions): Kept {
  const decoded = decode(text, options.codecs);
  const { value, hasInstances } = decoded;
  // Codecs that fail have to do so now, where it is a miss.
  const mayWait = options.mode === 'clone' && text.length >= SHORT && !hasInstances;
  const isObject = typeof value === 'object' && value !== null;
  return mayWait && isObject ? new Unread(text, value, options) : whole(decoded, options);
}

/** What was decoded is private already: of a tree there is nothing more to be found out than its weight. */
function whole({ value, isTree }: Decoded, options: KeepOptions): Kept {
  return isTree && options.mode === 'clone' ? adoptTree(value) : adopt(value, options);
}

/** Has one who weighs it told when a kept value comes to weigh more, or less, than before. */
export function onReweighed(kept: Kept, tell: (more: number) => void): void {
  if (kept instanceof Unread) kept.onReweighed = tell;
}

class Unread implements Kept {
  onReweighed: ((more: number) => void) | undefined;
  readonly #options: KeepOptions;
  #text: string | undefined;
  /** The value for the first who takes it. */
  #first: object | undefined;
  #kept: Kept | undefined;

  constructor(text: string, first: object, options: KeepOptions) {
    this.#options = options;
    this.#text = text;
    this.#first = first;
  }

  get bytes(): number {
    return this.#kept?.bytes ?? stringBytes(this.#text ?? '') + OVERHEAD;
  }

  get master(): unknown {
    return this.#whole().master;
  }

  get findings(): Kept['findings'] {
    return this.#whole().findings;
  }

  /** What was not asked for a second time may be a text still. */
  get settled(): Settled | undefined {
    return this.#kept?.settled;
  }

  copy(): unknown {
    const first = this.#first;
    if (first === undefined) return this.#whole().copy();
    this.#first = undefined;
    return first;
  }

  written(): unknown {
    return this.#whole().written();
  }

  /** The master, which is made once. */
  #whole(): Kept {
    if (this.#kept !== undefined) return this.#kept;
    const before = this.bytes;
    this.#kept = whole(decode(this.#text ?? '', this.#options.codecs), this.#options);
    this.#text = undefined;
    this.#first = undefined;
    this.onReweighed?.(this.#kept.bytes - before);
    return this.#kept;
  }
}
