/**
 * Whether two lists of arguments are equal by the rules of keys, told in the plainest way: by walking both at once. It
 * shares no code with what it judges. Slow, and for small values only.
 */
export function equalArguments(a: readonly unknown[], b: readonly unknown[]): boolean {
  const [left, right] = [trimmed(a), trimmed(b)];
  return left.length === right.length && left.every((value, at) => equal(value, right[at], [], []));
}

function trimmed(args: readonly unknown[]): readonly unknown[] {
  const last = args.findLastIndex((value) => value !== undefined);
  return args.slice(0, last + 1);
}

/** `above` are the objects in which a value is; equal cycles lead equally far up. */
function equal(a: unknown, b: unknown, aboveA: readonly unknown[], aboveB: readonly unknown[]): boolean {
  if (!isObject(a) || !isObject(b)) return Object.is(a, b);
  const [upA, upB] = [aboveA.indexOf(a), aboveB.indexOf(b)];
  if (upA >= 0 || upB >= 0) return upA === upB;
  const inA = [...aboveA, a];
  const inB = [...aboveB, b];
  const same = (x: unknown, y: unknown): boolean => equal(x, y, inA, inB);
  if (typeOf(a) !== typeOf(b)) return false;
  return equalOfType(a, b, same);
}

type Same = (x: unknown, y: unknown) => boolean;

function equalOfType(a: object, b: object, same: Same): boolean {
  if (a instanceof Map && b instanceof Map) {
    return matches([...a], [...b], ([k, v], [l, w]) => same(k, l) && same(v, w));
  }
  if (a instanceof Set && b instanceof Set) return matches([...a], [...b], same);
  const [left, right] = [contentOf(a), contentOf(b)];
  if (left === undefined || right === undefined) return equalProperties(a, b, same);
  return left.length === right.length && left.every((part, at) => Object.is(part, right[at]));
}

/** What an object without children consists of. */
function contentOf(value: object): readonly unknown[] | undefined {
  if (value instanceof Date) return [value.getTime()];
  if (value instanceof RegExp) return [value.source, value.flags, value.lastIndex];
  if (value instanceof URL) return [value.href];
  if (value instanceof URLSearchParams) return [...value].flat();
  if (ArrayBuffer.isView(value)) return [...new Uint8Array(value.buffer, value.byteOffset, value.byteLength)];
  return value instanceof ArrayBuffer ? [...new Uint8Array(value)] : undefined;
}

function equalProperties(a: object, b: object, same: Same): boolean {
  const keys = Reflect.ownKeys(a);
  return (
    keys.length === Reflect.ownKeys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && same(Reflect.get(a, key), Reflect.get(b, key)))
  );
}

/** Equality is an equivalence, so members may be matched with the first that fits. */
function matches<T>(a: readonly T[], b: readonly T[], same: (x: T, y: T) => boolean): boolean {
  const left = [...b];
  return (
    a.length === b.length &&
    a.every((member) => {
      const at = left.findIndex((other) => same(member, other));
      if (at >= 0) left.splice(at, 1);
      return at >= 0;
    })
  );
}

/** The type as the rules see it: a Buffer is a Uint8Array, and an object without a prototype is a plain one. */
function typeOf(value: object): string {
  return Object.prototype.toString.call(value);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
