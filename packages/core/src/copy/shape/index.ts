/** Copiers that are made for what a master looks like. */

export { shapeCopierOf, type ShapeCopier } from './shape-copier.js';
