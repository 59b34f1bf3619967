import { buildCachedFunction } from '../cached-function.js';
import type { Built } from '../host.js';
import { DataFunction } from './data-function.js';
import type { DataFunctionParts } from './data-parts.js';

/** A cached data function. */
export function buildCachedData(parts: DataFunctionParts): Built {
  return buildCachedFunction(parts, new DataFunction(parts));
}
