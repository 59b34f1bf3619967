import { CacheError } from './cache-error.js';
import { describe } from './describe.js';

/** A run that records more effects than are replayed. */
export function tooManyEffects(name: string, most: number, bytes: number): CacheError {
  return new CacheError(
    'ERR_MILLPOND_EFFECT',
    `${name}: more than ${most} effects in one run, or arguments of more than ${bytes} bytes. Each is kept with the result ` +
      'and acts on every hit: let one effect take a list, or return what is large.',
  );
}

/** An effect that is not for everybody, in a run whose result is. */
export function effectShared(name: string, scope: 'session' | 'request', fn: string, outerScope: string): CacheError {
  return new CacheError(
    'ERR_MILLPOND_EFFECT',
    `${fn} (${outerScope}) called ${name}, which acts for the one ${scope} that it was called in, and what ${fn} keeps is ` +
      `for others as well. Give ${fn} the option scope: '${scope}', or call ${name} outside of it.`,
  );
}

/** An effect that was to act for a cached function which its own action has called; carried by an event. */
export function effectInItself(name: string): CacheError {
  return new CacheError(
    'ERR_MILLPOND_EFFECT',
    `${name}: its action called a cached function that has ${name} among its own effects, which would go on for ever, so it has ` +
      'not acted again. Let the action get what it needs as arguments, or call a function without that effect.',
  );
}

/** A stored entry with an effect that this process does not have; carried by an event. */
export function effectUnknown(name: string): CacheError {
  return new CacheError(
    'ERR_MILLPOND_EFFECT',
    `There is no effect ${describe(name)} in this cache, so it has not acted. Make it by cache.effect() in every process ` +
      'that shares the store, or change the `version` of the functions that used it.',
  );
}
