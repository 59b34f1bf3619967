/*
 * What arguments look like: which of them are primitives, which are plain objects with which properties, and which are
 * arrays of primitives.
 */

/** An object with exactly these properties, in this order. */
export interface FieldsShape {
  readonly kind: 'fields';
  readonly names: readonly string[];
  /** Those of the values, in the order of the names. */
  readonly values: readonly ArgumentShape[];
}

/** What one argument looks like, or a part of one. */
export type ArgumentShape = { readonly kind: 'primitive' } | { readonly kind: 'primitives' } | FieldsShape;

/** Arguments with more parts are rather lists than parameters. */
const MOST_PARTS = 48;

const PRIMITIVE: ArgumentShape = { kind: 'primitive' };
const PRIMITIVES: ArgumentShape = { kind: 'primitives' };

/** The shape of each of the arguments, which have leaves; undefined for what has no simple one. */
export function shapesOf(args: readonly unknown[]): readonly ArgumentShape[] | undefined {
  const sight = { parts: 0 };
  const shapes = args.map((arg) => shapeOf(arg, sight));
  return shapes.every((shape) => shape !== undefined) && sight.parts <= MOST_PARTS ? shapes : undefined;
}

function shapeOf(value: unknown, sight: { parts: number }): ArgumentShape | undefined {
  sight.parts += 1;
  if (typeof value !== 'object' || value === null) return PRIMITIVE;
  if (Array.isArray(value)) return value.every((item) => Object(item) !== item) ? PRIMITIVES : undefined;
  const names = Object.getOwnPropertyNames(value);
  // In code, `__proto__` means something else.
  if (names.length > MOST_PARTS || names.includes('__proto__')) return undefined;
  const values: ArgumentShape[] = [];
  for (const name of names) {
    const shape = shapeOf(Reflect.get(value, name), sight);
    if (shape === undefined) return undefined;
    values.push(shape);
  }
  return { kind: 'fields', names, values };
}

/** A text that is the same for equal shapes, and for no others. */
export function shapesText(shapes: readonly ArgumentShape[]): string {
  return JSON.stringify(shapes.map(plain));
}

function plain(shape: ArgumentShape): unknown {
  if (shape.kind !== 'fields') return shape.kind === 'primitive' ? 0 : 1;
  return [shape.names, shape.values.map(plain)];
}
