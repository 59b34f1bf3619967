import { isDatePrototype } from '../leaf.js';

/*
 * What masters look like: which of their parts are objects, and with which properties. A shape is inferred once, when a
 * value is kept, so that its copies need not look at anything any more.
 */

/** An object with exactly these properties, in this order. */
export interface ObjectShape {
  readonly kind: 'object';
  readonly keys: readonly string[];
  /** Those of the values, in the order of the keys. */
  readonly values: readonly Shape[];
  /** Whether a primitive may be in its place, such as null. */
  readonly maybe: boolean;
}

/** An array without holes, and what all of its items have in common. */
export interface ArrayShape {
  readonly kind: 'array';
  readonly items: Shape;
  readonly maybe: boolean;
}

/**
 * What the values of one place have in common. `none`: there are no values (the items of an empty array). `any`: nothing;
 * its copier looks at what is there.
 */
export type Shape =
  | { readonly kind: 'none' | 'primitive' | 'any' }
  | { readonly kind: 'date'; readonly maybe: boolean }
  | ObjectShape
  | ArrayShape;

/** Objects with more properties are dictionaries to V8 and, mostly, to their authors. */
const MOST_KEYS = 40;
/** Deeper parts are looked at when they are copied. */
const MOST_LEVELS = 24;

/** The shape of no values at all. */
export const NONE: Shape = { kind: 'none' };
/** The shape of values that have nothing in common. */
export const ANY: Shape = { kind: 'any' };
const PRIMITIVE: Shape = { kind: 'primitive' };
const DATE: Shape = { kind: 'date', maybe: false };
const MAYBE_DATE: Shape = { kind: 'date', maybe: true };

/** The shape of a master that is a tree of plain objects, plain arrays and Dates. */
export function shapeOf(master: unknown): Shape {
  return joined(NONE, master, 0);
}

/** The shape of masters of a shape and another one. The same shape, if that has it as well. */
export function shapeWith(shape: Shape, master: unknown): Shape {
  return joined(shape, master, 0);
}

/** What a value has in common with those of a shape. The same shape, if it is one of them. */
function joined(shape: Shape, value: unknown, level: number): Shape {
  if (shape.kind === 'any') return shape;
  if (typeof value !== 'object' || value === null) return orPrimitive(shape);
  if (level > MOST_LEVELS) return ANY;
  if (Array.isArray(value)) return joinedArray(shape, value, level);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype) return joinedObject(shape, value as Readonly<Record<string, unknown>>, level);
  return isDatePrototype(prototype) ? joinedDate(shape) : ANY;
}

function orPrimitive(shape: Shape): Shape {
  switch (shape.kind) {
    case 'none':
      return PRIMITIVE;
    case 'date':
      return MAYBE_DATE;
    case 'object':
    case 'array':
      return shape.maybe ? shape : { ...shape, maybe: true };
    case 'primitive':
    case 'any':
      return shape;
  }
}

function joinedDate(shape: Shape): Shape {
  if (shape.kind === 'date') return shape;
  if (shape.kind === 'none') return DATE;
  return shape.kind === 'primitive' ? MAYBE_DATE : ANY;
}

function joinedArray(shape: Shape, value: readonly unknown[], level: number): Shape {
  const isFirst = shape.kind === 'none' || shape.kind === 'primitive';
  if (!isFirst && shape.kind !== 'array') return ANY;
  const before = shape.kind === 'array' ? shape.items : NONE;
  let items = before;
  for (let index = 0; index < value.length && items.kind !== 'any'; index++) {
    items = joined(items, value[index], level + 1);
  }
  if (shape.kind === 'array') return items === before ? shape : { ...shape, items };
  return { kind: 'array', items, maybe: shape.kind === 'primitive' };
}

function joinedObject(shape: Shape, value: Readonly<Record<string, unknown>>, level: number): Shape {
  const keys = Object.keys(value);
  if (keys.length > MOST_KEYS) return ANY;
  if (shape.kind === 'object') return haveSame(keys, shape.keys) ? joinedFields(shape, value, level) : ANY;
  const isFirst = shape.kind === 'none' || shape.kind === 'primitive';
  // A literal with that name has another prototype instead of another property.
  if (!isFirst || keys.includes('__proto__')) return ANY;
  const values = keys.map((key) => joined(NONE, value[key], level + 1));
  return { kind: 'object', keys, values, maybe: shape.kind === 'primitive' };
}

function joinedFields(shape: ObjectShape, value: Readonly<Record<string, unknown>>, level: number): Shape {
  const { keys, values } = shape;
  let changed: Shape[] | undefined;
  for (let index = 0; index < keys.length; index++) {
    const before = values[index] ?? ANY;
    const after = joined(before, value[keys[index] ?? ''], level + 1);
    if (after !== before) (changed ??= [...values])[index] = after;
  }
  return changed === undefined ? shape : { ...shape, values: changed };
}

function haveSame(some: readonly string[], others: readonly string[]): boolean {
  if (some.length !== others.length) return false;
  for (let index = 0; index < some.length; index++) if (some[index] !== others[index]) return false;
  return true;
}

/** A text that is the same for equal shapes, and for no others. */
export function textOf(shape: Shape): string {
  switch (shape.kind) {
    case 'none':
      return '0';
    case 'primitive':
      return 'p';
    case 'any':
      return '*';
    case 'date':
      return shape.maybe ? 'd?' : 'd';
    case 'array':
      return `[${textOf(shape.items)}]${shape.maybe ? '?' : ''}`;
    case 'object':
      break;
  }
  const { keys, values, maybe } = shape;
  let text = '{';
  for (let index = 0; index < keys.length; index++) {
    text += `${JSON.stringify(keys[index])}${textOf(values[index] ?? ANY)}`;
  }
  return `${text}}${maybe ? '?' : ''}`;
}
