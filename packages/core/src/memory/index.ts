export type { Entry } from './entry.js';
export { MemoryTier } from './memory-tier.js';
export type { Shelf } from './shelf.js';
export { HOT } from './sieve.js';
export { LastingMap } from './lasting-map.js';
