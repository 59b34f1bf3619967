import { CacheError } from './cache-error.js';

/** The handler of a cached route that touches a part of the request which the key does not cover. */
export function unkeyedPart(route: string, part: string): CacheError {
  return new CacheError(
    'ERR_MILLPOND_ROUTE',
    `${route}: the handler read request.${part}, which is no part of the route's key: one caller would get the answer ` +
      'made for another. Use request.path, request.params and request.query only; where the answer depends on more, ' +
      'keep an ordinary handler, and cache the data that it shows with cacheData().',
  );
}

/** The handler of a cached route that reads a query parameter which its option `query` leaves out of the key. */
export function unlistedParameter(route: string, name: string, listed: readonly string[]): CacheError {
  return new CacheError(
    'ERR_MILLPOND_ROUTE',
    `${route}: the handler read request.query.${name}, which the option \`query\` does not list, so it is no part of ` +
      `the route's key. List it: { query: [${[...listed, name].map((each) => `'${each}'`).join(', ')}] }.`,
  );
}

/** A handler of a cached route that returned what JSON has no word for, or would lose. */
export function unsendableAnswer(route: string, what: string, cure: string): CacheError {
  return new CacheError(
    'ERR_MILLPOND_ROUTE',
    `${route}: the handler returned ${what}, which JSON cannot tell. ${cure}`,
  );
}
