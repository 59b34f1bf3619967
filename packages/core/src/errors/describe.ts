/** What a message says of something thrown: an error's own words, or what kind of thing it is. Never throws. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : describe(thrown);
}

/** A value as it is shown in a message: short, and never a user's whole object. */
export function describe(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
  if (typeof value === 'bigint') return `${String(value)}n`;
  if (typeof value === 'symbol') return value.toString();
  if (typeof value === 'function') return value.name === '' ? 'a function' : `the function ${value.name}`;
  if (typeof value === 'object' && value !== null) return describeObject(value);
  return Object.is(value, -0) ? '-0' : String(value);
}

function describeObject(value: object): string {
  if (Array.isArray(value)) return `an array of ${value.length}`;
  const name = className(value);
  return name === undefined || name === 'Object' ? 'an object' : `an instance of ${name}`;
}

/** The name of the class of an object, or undefined when it has none (or hides it behind a throwing getter). */
export function className(value: object): string | undefined {
  try {
    const constructor: unknown = Reflect.get(value, 'constructor');
    return typeof constructor === 'function' && constructor.name !== '' ? constructor.name : undefined;
  } catch {
    // A hostile getter or a revoked proxy: a nameless class is the honest answer, and the caller only shows it.
    return undefined;
  }
}
