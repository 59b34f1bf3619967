import { KEY_METHOD } from './hasher.js';
import { someHaveContents } from './known-resource.js';

/** Longer texts would take longer to compare than keys are worth. */
export const LONGEST_TEXT = 1024;

/** Of this process alone, so that nobody outside knows which arguments meet in one place (hash flooding). */
export const SEED: number = (Math.random() * 2 ** 32) | 0;

/** What stands among the leaves for the one primitive that `===` takes for another. */
const MINUS_ZERO: unique symbol = Symbol('-0');

const float = new Float64Array(1);
const words = new Int32Array(float.buffer);

/** Whether a primitive can be a leaf: not `NaN`, which `===` does not find, nor a symbol or a long text. */
export function isLeaf(value: unknown): boolean {
  switch (typeof value) {
    case 'string':
      return value.length <= LONGEST_TEXT;
    case 'number':
      return !Number.isNaN(value);
    case 'boolean':
    case 'undefined':
    case 'bigint':
      return true;
    case 'object':
      return value === null;
    case 'function':
    case 'symbol':
    default:
      return false;
  }
}

/** A leaf as it is compared by `===`. */
export function asCompared(leaf: unknown): unknown {
  return leaf === 0 && Object.is(leaf, -0) ? MINUS_ZERO : leaf;
}

/** A hash of one leaf. */
export function hashOf(leaf: unknown): number {
  switch (typeof leaf) {
    case 'string':
      return hashOfText(leaf);
    case 'number':
      return hashOfNumber(leaf);
    case 'boolean':
      return leaf ? 1 : 2;
    case 'undefined':
      return 4;
    case 'bigint':
      return Number(BigInt.asIntN(32, leaf));
    case 'object':
    case 'function':
    case 'symbol':
    default:
      return 5;
  }
}

/** The hash of what was read so far, and one hash more. */
export function mixed(hash: number, next: number): number {
  return Math.imul(hash ^ next, 0x9e3779b1) ^ (hash >>> 15);
}

function hashOfNumber(value: number): number {
  if ((value | 0) === value) return value;
  float[0] = value;
  return (words[0] ?? 0) ^ Math.imul(words[1] ?? 0, 31);
}

/** All of a short text, and three parts of a longer one. */
export function hashOfText(text: string): number {
  const { length } = text;
  let hash = length;
  if (length <= 24) {
    for (let index = 0; index < length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
    return hash;
  }
  const middle = length >> 1;
  for (let index = 0; index < 8; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
    hash = Math.imul(hash ^ text.charCodeAt(middle + index), 0x01000193);
    hash = Math.imul(hash ^ text.charCodeAt(length - 1 - index), 0x01000193);
  }
  return hash;
}

/** Whether plain objects and arrays are what they hold: none of them is a resource, or was made to say its own key. */
export function areKeyedByContents(): boolean {
  return !someHaveContents() && !(KEY_METHOD in Array.prototype);
}
