export type { Clock, Timer } from './clock.js';
export type { Duration } from './duration.js';
export { CacheError, type CacheErrorCode } from './errors.js';
