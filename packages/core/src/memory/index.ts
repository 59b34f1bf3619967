export { aliasBytes } from './entry-bytes.js';
export { Entry, ValueEntry } from './entry.js';
export { MemoryTier } from './memory-tier.js';
export type { Shelf } from './shelf.js';
