import { CacheError } from '@millpond/core';

/** The messages that only Nest can cause; the codes are those of core. */

type Kind = 'data' | 'resource';

const DECORATORS: Readonly<Record<Kind, string>> = { data: '@CacheData()', resource: '@CacheResource()' };

const CANNOT_DECORATE = {
  notLegacy: 'was not given a method descriptor. Set "experimentalDecorators": true, as every NestJS app does.',
  static: 'cannot cache a static method, since Nest injects instances. Wrap the function with cache.cacheData().',
  notMethod: 'can only cache a method. Put it on a method, not on a property, a getter or a setter.',
  generator:
    'cannot cache a generator, which can be read once only. Collect it in an async method and return the array, or wrap a function with cacheStream() of the injected cache.',
  twice: 'stands on a method that is cached already. Keep one of the two decorators.',
} as const;

/** A decorator on something other than a method of instances. */
export function cannotDecorate(kind: Kind, where: string, why: keyof typeof CANNOT_DECORATE): CacheError {
  return new CacheError('ERR_MILLPOND_INVALID_OPTION', `${where}: ${DECORATORS[kind]} ${CANNOT_DECORATE[why]}`);
}

/** A decorated method whose instances come and go, and no `key` that holds beyond one of them. */
export function shortLivedWithoutKey(where: string, kind: Kind): CacheError {
  return new CacheError(
    'ERR_MILLPOND_INVALID_OPTION',
    `${where}: ${DECORATORS[kind]} without \`key\` on a provider of which Nest makes an instance for each request (it, ` +
      'or what is injected into it, is request-scoped, or it was resolved by hand). The result may depend on what was ' +
      'injected, which the arguments do not tell, so nothing says which calls are the same. Give the decorator ' +
      'what does, such as { key: function (this: Users, id: string) { return [this.tenant, id]; } }; all instances ' +
      'then share the entries of equal keys. Or make the provider a singleton.',
  );
}

/** Two long-lived instances of one class that nothing tells apart, over one store. */
export function sameIdentity(name: string, where: string, cause: CacheError): CacheError {
  return new CacheError(
    'ERR_MILLPOND_NAME_TAKEN',
    `${where}: two instances are both named ${JSON.stringify(name)}, and the cache has a store: they would read each ` +
      "other's entries. Provide them under tokens of their own; or let the instance say which one it is, with " +
      "[Symbol.for('millpond.key')]() { return this.region; }; or give a transient provider's method a `key`. A " +
      '`name` must belong to one instance.',
    { cause },
  );
}

const NOT_CACHED = {
  undecorated: (kind: Kind) => `has no ${DECORATORS[kind]}. Put it on the method, or ask for the other kind`,
  notInjected: () => 'belongs to an instance that Nest did not make. Get it from Nest, by injection or app.get()',
} as const;

/** `getCachedData` or `getCachedResource` of something that is not cached so. */
export function notCached(where: string, kind: Kind, why: keyof typeof NOT_CACHED): CacheError {
  return new CacheError('ERR_MILLPOND_INVALID_OPTION', `${where} ${NOT_CACHED[why](kind)}.`);
}

/** None, or several, of the ways to say where the options come from. */
export function oneOptionsSource(given: readonly string[]): CacheError {
  return new CacheError(
    'ERR_MILLPOND_INVALID_OPTION',
    `CacheModule.forRootAsync: it was given ${given.length === 0 ? 'no source of options' : given.join(' and ')}. ` +
      'Give one of useFactory, useClass and useExisting.',
  );
}

/** Several refusals at bootstrap, told together. */
export function together(errors: readonly CacheError[], what = 'methods cannot be cached'): CacheError {
  const [first] = errors;
  if (first !== undefined && errors.length === 1) return first;
  const list = errors.map((error) => `- ${error.message}`).join('\n');
  return new CacheError('ERR_MILLPOND_INVALID_OPTION', `${errors.length} ${what}:\n${list}`, {
    cause: new AggregateError(errors),
  });
}
