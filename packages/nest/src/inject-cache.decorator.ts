import { Inject } from '@nestjs/common';

const CACHE = Symbol('@millpond/nest: the Cache of CacheModule.forRoot()');

/** The injection token of the `Cache`, for `inject: [getCacheToken()]` and `overrideProvider(getCacheToken())`. */
export function getCacheToken(): symbol {
  return CACHE;
}

/** Injects the `Cache` into a constructor parameter or a property. */
export function InjectCache(): PropertyDecorator & ParameterDecorator {
  return Inject(CACHE);
}
