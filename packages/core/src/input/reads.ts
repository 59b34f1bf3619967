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
  /** Whether there was one that could not be read for the caller: what comes of that is for nobody else. */
  hasFailed = false;
  readonly #fn: string;
  readonly #from: InContext | readonly Read[];
  readonly #onRead: (read: Read) => void;
  readonly #onFailed: () => void;
  #over = false;

  /**
   * `from`: the async context of who called; or, for a run that has no caller (behind a stale answer), what may be read.
   * `onRead` is told of each input that is read for the first time, `onFailed` of one that cannot be read for who called:
   * others may have joined the run for whom it can.
   */
  constructor(
    base: string,
    fn: string,
    from: InContext | readonly Read[],
    onRead: (read: Read) => void,
    onFailed: () => void,
  ) {
    this.base = base;
    this.#fn = fn;
    this.#from = from;
    this.#onRead = onRead;
    this.#onFailed = onFailed;
  }

  /** The same value however often it is read. Throws `ERR_MILLPOND_INPUT` for one that may not be read. */
  read(input: Input): Read {
    const known = this.path.find((read) => read.input === input);
    if (known !== undefined) return known;
    const read = this.#readOrFail(input);
    if (this.#over) return read;
    this.path.push(read);
    this.#onRead(read);
    return read;
  }

  #readOrFail(input: Input): Read {
    try {
      const read = this.#ask(input);
      if (read === undefined) throw otherInput(input.name, this.#fn);
      return read;
    } catch (error) {
      if (!this.#over) {
        this.hasFailed = true;
        this.#onFailed();
      }
      throw error;
    }
  }

  /** What it would read, for who looks for a result in the place of the run; undefined for what cannot be read. */
  look(input: Input): Read | undefined {
    try {
      return this.#ask(input);
    } catch {
      return undefined;
    }
  }

  #ask(input: Input): Read | undefined {
    const from = this.#from;
    return typeof from === 'function' ? from(() => readHere(input)) : from.find((each) => each.input === input);
  }

  /** The run is over: what is read from now on changes nothing. */
  end(): void {
    this.#over = true;
  }
}
