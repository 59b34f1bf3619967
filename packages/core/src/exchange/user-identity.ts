import { keep, type Kept } from '../copy/index.js';
import { userHasNoKey } from '../errors/index.js';

/** A user of more (estimated) bytes is a whole record, which changes when its user does not. */
const MOST_USER_BYTES = 1024;

/**
 * Who a user is.
 *
 * @throws CacheError `ERR_MILLPOND_INPUT` for what has no key, or is so large that it is no identity.
 */
export function identityOf(user: unknown): unknown {
  let copy: Kept;
  try {
    copy = keep(user, { fn: 'requestUser()', root: 'value', mode: 'clone' });
  } catch (error) {
    throw userHasNoKey('is no data', error);
  }
  if (copy.bytes > MOST_USER_BYTES) throw userHasNoKey(`takes more than ${MOST_USER_BYTES} bytes`);
  return copy.copy();
}
