/** The most values that the keyed parts of one request may have; a request with more is answered uncached. */
const MOST_VALUES = 100;
/** The most characters that the keyed parts of one request may have; a request with more is answered uncached. */
const MOST_CHARACTERS = 4096;

/** What a handler may see of a request, and thereby what its key is made of. */
export interface RouteView {
  /** The original raw path: with the mount path, undecoded, without the query. */
  readonly path: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly query: Readonly<Record<string, unknown>>;
  /** Whether it is so large that it is not worth a key. */
  readonly oversized: boolean;
}

/**
 * Takes a copy of the keyed parts of a request: what the handler sees is the key, and nobody can change it behind the
 * handler's back. Of the query only the `listed` parameters are taken; all of them when there is no list.
 */
export function viewOf(url: string, params: unknown, query: unknown, listed: readonly string[] | undefined): RouteView {
  const mark = url.indexOf('?');
  const path = mark === -1 ? url : url.slice(0, mark);
  const size = { values: 0, characters: path.length };
  const seenParams = copyOf(params, undefined, size);
  const seenQuery = copyOf(query, listed, size);
  const oversized = size.values > MOST_VALUES || size.characters > MOST_CHARACTERS;
  return { path, params: seenParams, query: seenQuery, oversized };
}

interface Size {
  values: number;
  characters: number;
}

function copyOf(from: unknown, listed: readonly string[] | undefined, size: Size): Record<string, unknown> {
  // Without a prototype, so that a parameter named `__proto__` or `constructor` is a parameter and nothing else.
  const copy: Record<string, unknown> = Object.create(null);
  if (typeof from !== 'object' || from === null) return copy;
  for (const [name, value] of Object.entries(from)) {
    if (listed?.includes(name) === false) continue;
    size.characters += name.length;
    copy[name] = copyValue(value, size);
  }
  return copy;
}

/** Lists and plain objects are copied; anything else is one value, which the key understands or refuses by name. */
function copyValue(value: unknown, size: Size): unknown {
  if (Array.isArray(value)) return value.map((item) => copyValue(item, size));
  if (isPlain(value)) return copyOf(value, undefined, size);
  size.values += 1;
  if (typeof value === 'string') size.characters += value.length;
  return value;
}

function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}
