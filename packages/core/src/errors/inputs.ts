import { CacheError } from './cache-error.js';

/** An input whose value has no key. `path` is such as `read().user.socket`. */
export function inputHasNoKey(input: string, path: string, type: string, cure: string, cause?: unknown): CacheError {
  return new CacheError(
    'ERR_MILLPOND_INPUT',
    `${input}: ${path} is ${type}, which has no key, so that no result can vary by it. ${cure}`,
    cause === undefined ? undefined : { cause },
  );
}

/** An input that is read in a run whose result cannot vary by it. */
export function inputNotHere(name: string, fn: string): CacheError {
  return new CacheError(
    'ERR_MILLPOND_INPUT',
    `${fn}: the input ${name} was read in it, but what it keeps cannot vary by inputs: only the results of cacheData can. ` +
      'Read the input before the call, and pass it as an argument. Make inputs at the top of a ' +
      'module: one that the very first run makes is too late for it.',
  );
}

/** An input that is read behind a stale answer, where nobody could say what it is. */
export function otherInput(name: string, fn: string): CacheError {
  return new CacheError(
    'ERR_MILLPOND_INPUT',
    `${fn}: the input ${name} was read in a refresh, and the value that it refreshes had not read it: nobody is there who ` +
      'could say what it is. The value stays stale until a call computes it anew.',
  );
}
