import type { Fields } from '../copy/read.js';

/** What JSON can say: the tree that is written in the place of a value. */
export type Json = string | number | boolean | null | Json[] | Fields;
