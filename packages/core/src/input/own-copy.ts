import { keep } from '../copy/index.js';
import { CacheError } from '../errors/index.js';

/**
 * What a run sees of an input that is an object: a copy, so that it is what the key was made of for as long as the run
 * takes. The caller goes on meanwhile, and may change it (a user who logs in, say); a result by the new value, kept under
 * the old one, would be somebody else's. What cannot be copied (an instance with a hasher) is handed out itself.
 */
export function ownCopy(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  try {
    return keep(value, { fn: 'input', mode: 'clone' }).copy();
  } catch (error) {
    if (error instanceof CacheError) return value;
    throw error;
  }
}
