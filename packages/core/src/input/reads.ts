import { otherInput } from '../errors/index.js';
import { readHere, type Input, type Read } from './read.js';

/** Runs code in somebody's async context. */
export type InContext = <R>(run: () => R) => R;

/** The inputs that one run reads. */
export class Reads {
  /** The key of its call, without inputs. */
  readonly base: string;
  /** What its function has read, in order. */
  readonly path: Read[] = [];
  readonly #fn: string;
  readonly #from: InContext | readonly Read[];
  readonly #onRead: (read: Read) => void;
  readonly #onUnreadable: () => void;
  #over = false;

  /**
   * `from`: the async context of who called; or, for a run that has no caller (behind a stale answer), what may be read.
   * `onRead` is told of each input that is read for the first time, `onUnreadable` of one that cannot be read for who
   * called: others may have joined the run for whom it can.
   */
  constructor(
    base: string,
    fn: string,
    from: InContext | readonly Read[],
    onRead: (read: Read) => void,
    onUnreadable: () => void,
  ) {
    this.base = base;
    this.#fn = fn;
    this.#from = from;
    this.#onRead = onRead;
    this.#onUnreadable = onUnreadable;
  }

  /** The same value however often it is read. Throws `ERR_MILLPOND_INPUT` for one that may not be read. */
  read(input: Input): Read {
    const known = this.path.find((read) => read.input === input);
    if (known !== undefined) return known;
    const read = typeof this.#from === 'function' ? this.#ask(input, this.#from) : this.#given(input);
    if (this.#over) return read;
    this.path.push(read);
    this.#onRead(read);
    return read;
  }

  #ask(input: Input, inContext: InContext): Read {
    try {
      return inContext(() => readHere(input));
    } catch (error) {
      if (!this.#over) this.#onUnreadable();
      throw error;
    }
  }

  #given(input: Input): Read {
    const given = Array.isArray(this.#from) ? (this.#from as readonly Read[]) : [];
    const read = given.find((each) => each.input === input);
    if (read === undefined) throw otherInput(input.name, this.#fn);
    return read;
  }

  /** The run is over: what is read from now on changes nothing. */
  end(): void {
    this.#over = true;
  }
}
