/** Lets a resource go as the language says: `Symbol.asyncDispose`, else `Symbol.dispose`, else nothing. */
export function disposeOf(resource: unknown): unknown {
  if (!isObject(resource)) return undefined;
  for (const symbol of [Symbol.asyncDispose, Symbol.dispose]) {
    const dispose: unknown = Reflect.get(resource, symbol);
    if (typeof dispose === 'function') return Reflect.apply(dispose, resource, []);
  }
  return undefined;
}

/** Whether something has an identity, by which it can be told from all others. */
export function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}
