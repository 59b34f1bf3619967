/** How long entries live, in milliseconds, where a cache asks for it. */
export const HOUR = 3_600_000;

/** What an application does that wraps its calls in `getOrSet(key, compute)`. */
export const getOrSet = (open) => async (given) => given.style.keyed(await open(given));
