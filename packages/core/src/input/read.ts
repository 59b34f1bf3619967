import { inputNotHere } from '../errors/index.js';
import { currentRecorder } from '../run/run-context.js';

/** Something outside the arguments that cached functions may read. */
export interface Input {
  readonly name: string;
  /** Its value in the async context of whoever asks, and the text that tells it from others. */
  read(): Read;
}

/** What an input was when it was read. */
export interface Read {
  readonly input: Input;
  readonly value: unknown;
  readonly text: string;
}

/**
 * Reads an input for the calling code: in a run it is that of its caller, and the run's result varies by it.
 *
 * Throws `ERR_MILLPOND_INPUT` in a run whose result cannot vary.
 */
export function readHere(input: Input): Read {
  const run = currentRecorder();
  if (run === undefined) return input.read();
  if (run.reads === undefined) throw inputNotHere(input.name, run.fn);
  return run.reads.read(input);
}

/**
 * The same for one who only looks for what is kept: undefined when it cannot be read. The function may make something of
 * that, or not ask.
 */
export function lookHere(input: Input): Read | undefined {
  try {
    return readHere(input);
  } catch {
    return undefined;
  }
}

/** The key of a variant: that of the call, and what its run has read, in order. */
export function extended(key: string, { input, text }: Read): string {
  return `${key}\u0000${input.name.length}:${input.name}${text}`;
}

/** Whether a key is another one, or a variant of it. */
export function isWithin(key: string, outer: string): boolean {
  return key === outer || key.startsWith(`${outer}\u0000`);
}

/** The key of a call whose run has read all of a path. */
export function keyOfPath(base: string, path: readonly Read[]): string {
  return path.reduce(extended, base);
}
