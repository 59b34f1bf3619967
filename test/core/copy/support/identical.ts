import { types } from 'node:util';

/*
 * An oracle of its own, which shares no line with what it judges: it says where a copy differs from its original in
 * type, prototype, content, holes, -0, order, attributes of properties, or in which places hold one object.
 */

type Difference = string | undefined;

/** Where two values differ, as `path: what`, or undefined when a caller could not tell one from the other. */
export function difference(original: unknown, copy: unknown): Difference {
  return new Comparison().compare(original, copy, '$');
}

const BRANDS: readonly (keyof typeof types)[] = [
  'isMap',
  'isSet',
  'isDate',
  'isRegExp',
  'isNativeError',
  'isArrayBuffer',
  'isDataView',
  'isTypedArray',
  'isNumberObject',
  'isStringObject',
  'isBooleanObject',
  'isBigIntObject',
];

/** The parts of an object that are not properties, each with its path. */
function contents(value: object): [string, unknown][] {
  if (types.isMap(value))
    return [...value].flatMap(([k, v], i) => [[`key ${i}`, k] as [string, unknown], [`value ${i}`, v]]);
  if (types.isSet(value)) return [...value].map((member, i) => [`member ${i}`, member]);
  if (types.isDate(value)) return [['time', value.getTime()]];
  if (types.isRegExp(value)) return [['source', `/${value.source}/${value.flags}@${value.lastIndex}`]];
  if (types.isBoxedPrimitive(value)) return [['primitive', value.valueOf()]];
  if (value instanceof URL) return [['href', value.href]];
  if (value instanceof URLSearchParams || value instanceof Headers) return [['pairs', JSON.stringify([...value])]];
  return binary(value);
}

function binary(value: object): [string, unknown][] {
  if (types.isArrayBuffer(value)) {
    const limit: unknown = Reflect.get(value, 'resizable') === true ? Reflect.get(value, 'maxByteLength') : 'fixed';
    return [
      ['bytes', Buffer.from(value).toString('hex')],
      ['limit', limit],
    ];
  }
  if (!ArrayBuffer.isView(value)) return [];
  return [['bytes', Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex')]];
}

/** The own properties that are part of a value: enumerable ones, and what the language defines on errors and arrays. */
function properties(value: object): [string, PropertyDescriptor][] {
  // The characters of a String object and the elements of a view are contents.
  if (ArrayBuffer.isView(value) || types.isStringObject(value)) return [];
  const own = Object.entries(Object.getOwnPropertyDescriptors(value));
  const hidden = types.isNativeError(value)
    ? ['stack', 'message', 'name', 'cause', 'errors', 'error', 'suppressed']
    : ['length'];
  return (
    own
      // From Node 22 on, the stack of an error is an accessor, which each engine makes as it likes.
      .map(([key, it]): [string, PropertyDescriptor] => [key, key === 'stack' ? stackOf(value, it) : it])
      .filter(([key, { enumerable }]) => enumerable === true || hidden.includes(key))
      .sort(([a, { enumerable: first }], [b, { enumerable: second }]) =>
        // The order of enumerable properties can be seen, that of the others cannot.
        first === true && second === true ? 0 : Number(second) - Number(first) || (a < b ? -1 : 1),
      )
  );
}

function stackOf(error: object, { enumerable = false }: PropertyDescriptor): PropertyDescriptor {
  return { value: Reflect.get(error, 'stack'), writable: true, configurable: true, enumerable };
}

class Comparison {
  readonly #copies = new Map<object, object>();
  readonly #originals = new Map<object, object>();

  compare(a: unknown, b: unknown, path: string): Difference {
    if (typeof a !== 'object' || a === null || typeof b !== 'object' || b === null) {
      return Object.is(a, b) ? undefined : `${path}: ${String(a)} is not ${String(b)}`;
    }
    if (this.#copies.has(a) || this.#originals.has(b)) {
      return this.#copies.get(a) === b && this.#originals.get(b) === a ? undefined : `${path}: shared otherwise`;
    }
    this.#copies.set(a, b);
    this.#originals.set(b, a);
    return this.#types(a, b, path) ?? this.#contents(a, b, path) ?? this.#properties(a, b, path);
  }

  #types(a: object, b: object, path: string): Difference {
    if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return `${path}: another prototype`;
    if (Array.isArray(a) !== Array.isArray(b)) return `${path}: not both arrays`;
    const brand = BRANDS.find((name) => types[name](a) !== types[name](b));
    return brand === undefined ? undefined : `${path}: ${brand} is not what it was`;
  }

  #contents(a: object, b: object, path: string): Difference {
    const [first, second] = [contents(a), contents(b)];
    if (first.length !== second.length) return `${path}: ${first.length} parts became ${second.length}`;
    for (const [index, [name, value]] of first.entries()) {
      const found = this.compare(value, second[index]?.[1], `${path}<${name}>`);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #properties(a: object, b: object, path: string): Difference {
    const [first, second] = [properties(a), properties(b)];
    const names = (list: typeof first): string =>
      JSON.stringify(list.map(([key, { enumerable }]) => [key, enumerable]));
    if (names(first) !== names(second)) return `${path}: properties ${names(first)} became ${names(second)}`;
    for (const [index, [key, { value }]] of first.entries()) {
      const descriptor = second[index]?.[1];
      const length = key === 'length';
      if (descriptor === undefined || !('value' in descriptor)) return `${path}.${key}: not a data property`;
      if (!length && (descriptor.writable !== true || descriptor.configurable !== true))
        return `${path}.${key}: not writable`;
      const found = this.compare(value, descriptor.value, `${path}.${key}`);
      if (found !== undefined) return found;
    }
    return undefined;
  }
}
