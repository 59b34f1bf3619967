export { HttpScopes } from './http-scopes.js';
export type { HttpRequest, RequestScopeOptions, Scopes, WithScopes } from './scope-options.interface.js';
export { getExchangeToken, InjectExchange } from './inject-exchange.decorator.js';
