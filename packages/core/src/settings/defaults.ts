import { parseDuration } from '../duration.js';
import { CacheError } from '../errors/index.js';
import { readOptions } from './check-options.js';
import type { CacheOptions, FunctionDefaults } from '../options.js';

type Name = keyof FunctionDefaults;

/** What a function caches. */
type FunctionKind = 'data' | 'dataSync' | 'stream' | 'resource';

/** The options of each kind of function that its cache may give a default for. */
const NAMES: Readonly<Record<FunctionKind, readonly Name[]>> = {
  data: [
    'ttl',
    'maxEntries',
    'flightTimeout',
    'staleWhileRevalidate',
    'staleIfError',
    'softTimeout',
    'hardTimeout',
    'errorTtl',
    'maxConcurrent',
    'jitter',
    'maxValueBytes',
  ],
  dataSync: ['ttl', 'maxEntries', 'staleIfError', 'errorTtl', 'jitter'],
  stream: ['ttl', 'maxEntries', 'flightTimeout', 'maxValueBytes'],
  resource: ['maxEntries', 'flightTimeout'],
};

function isTooLong(softTimeout: unknown, hardTimeout: unknown): boolean {
  const [soft, hard] = [msOf(softTimeout), msOf(hardTimeout)];
  return soft !== undefined && hard !== undefined && soft >= hard;
}

/** What is no duration is left for the check. */
function msOf(duration: unknown): number | undefined {
  try {
    return parseDuration(duration, '', '');
  } catch (error) {
    if (error instanceof CacheError) return undefined;
    throw error;
  }
}

/**
 * Options of a function, read once, over the defaults of its cache; what is no object is left for the check. A default
 * that needs another option to mean anything is left out where that is missing, and so is one that contradicts what the
 * function says.
 */
export function withDefaults(given: unknown, defaults: CacheOptions, kind: FunctionKind): unknown {
  const options = given === undefined ? {} : readOptions(given);
  if (typeof options !== 'object' || options === null || Array.isArray(options)) return options;
  const merged: Record<string, unknown> = { ...options };
  for (const name of NAMES[kind]) if (merged[name] === undefined) merged[name] = defaults[name];
  const dropDefault = (name: Name): void => {
    if (Reflect.get(options, name) === undefined) merged[name] = undefined;
  };
  if (merged['ttl'] === undefined)
    for (const name of ['staleWhileRevalidate', 'staleIfError'] as const) dropDefault(name);
  if (merged['context'] === 'caller') dropDefault('staleWhileRevalidate');
  if (merged['staleIfError'] === undefined) dropDefault('softTimeout');
  if (isTooLong(merged['softTimeout'], merged['hardTimeout'])) {
    // One of them is the function's own, since those of the cache go together.
    dropDefault('softTimeout');
    dropDefault('hardTimeout');
  }
  return readOptions(merged);
}
