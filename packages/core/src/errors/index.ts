/**
 * Every error class, code and message of Millpond. A message says what failed, why, and the edit that mends it;
 * `docs/errors.md` has a heading for each code.
 */

export { type CacheErrorCode, CacheError } from './cache-error.js';
export { messageOf, describe, className } from './describe.js';
export { invalidOption, unknownOption, notCacheable, nameTaken, wrappedOften } from './wrapping.js';
export { unhashableArgument, hasherFailed, identityFailed, argumentsChanged } from './arguments.js';
export { recursiveCall, callTimeout, overloaded, cacheClosed } from './calls.js';
export { noScope, scopeInRoute, wrongScope, type MissingScope } from './scopes.js';
export { uncacheableValue, valueMutated, valueTooLarge, tooManyTags, notAStream, readerTooSlow } from './values.js';
export { tooManyEffects, effectInItself, effectShared, effectUnknown } from './effects.js';
export {
  headersSent,
  noExchange,
  noRequestLogger,
  refusedHeader,
  tooManyInputs,
  userHasNoKey,
  wrongEffect,
  wrongInput,
} from './exchange.js';
export { inputHasNoKey, inputNotHere, otherInput } from './inputs.js';
export { wrongRows, idChanged } from './batches.js';
export { resourceAsksForItself, releaseFailed, releasedInUse } from './resources.js';
export { storeFailed, storeTimeout, storeDamaged, injectedFault } from './stores.js';
export { unkeyedPart, unlistedParameter, unsendableAnswer } from './routes.js';
