import { describe } from '../errors/index.js';
import type { Frame, FrameKind } from './frame.js';

/** Where a value comes from: the number of an argument, or words such as `key(...)`. */
export type Root = number | string;

/** A path longer than this is shown by its two ends. */
const SHOWN_SEGMENTS = 24;

/** The path of the child whose turn it is in the innermost frame, such as `args[0].user.tags[3]`. */
export function pathOf(root: Root, stack: readonly Frame[]): string {
  let path = typeof root === 'number' ? `args[${root}]` : root;
  for (const [level, frame] of stack.entries()) {
    if (level < SHOWN_SEGMENTS / 2 || level >= stack.length - SHOWN_SEGMENTS / 2) path = steps[frame.kind](path, frame);
    else if (level === SHOWN_SEGMENTS / 2) path += '…';
  }
  return path;
}

const steps: { readonly [K in FrameKind]: (path: string, frame: Frame) => string } = {
  list: (path, { at }) => `${path}[${at}]`,
  fields: (path, { keys, at }) => path + property(keys[at]),
  map: (path, { items, at }) =>
    at % 2 === 0 ? `${path}.keys()[${at / 2}]` : `${path}.get(${describe(items?.[at - 1])})`,
  set: (path, { at }) => `${path}.values()[${at}]`,
  hashed: (path) => `hash(${path})`,
  method: (path) => `${path}[Symbol.for("millpond.key")]()`,
};

function property(key: PropertyKey | undefined): string {
  if (typeof key !== 'string') return `[${String(key)}]`;
  return /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(key) ? `.${key}` : `[${describe(key)}]`;
}
