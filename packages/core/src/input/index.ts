/** What cached functions may read beside their arguments, and by which their results then vary. */

export { callerContext, someCanBeRead } from './caller-context.js';
export { Inputs, type InputOptions } from './inputs.js';
export { extended, isWithin, keyOfPath, lookHere, readHere, type Input, type Read } from './read.js';
export { Reads } from './reads.js';
export { Variants, type Located } from './variants.js';
