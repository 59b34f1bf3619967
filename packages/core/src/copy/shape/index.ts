/** Copiers that are made for what a master looks like, and readers for what results do. */

export type { Read } from './reader.js';
export { Reading } from './reading.js';
export { shapeCopierOf, type ShapeCopier } from './shape-copier.js';
