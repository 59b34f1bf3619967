import { Inject } from '@nestjs/common';

const EXCHANGE = Symbol('@millpond/nest: the Exchange of CacheModule.forRoot()');

/** The injection token of the `Exchange`, for `inject: [getExchangeToken()]` and `overrideProvider(getExchangeToken())`. */
export function getExchangeToken(): symbol {
  return EXCHANGE;
}

/**
 * Injects the `Exchange` (the request that is being answered, and its response) into a constructor parameter or a property.
 * It is one for the app, and tells of whichever request its caller is in: what it is injected into stays a singleton.
 */
export function InjectExchange(): PropertyDecorator & ParameterDecorator {
  return Inject(EXCHANGE);
}
