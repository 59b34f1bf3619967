export { HttpScopes } from './http-scopes.js';
export type { HttpRequest, RequestScopeOptions, Scopes, WithScopes } from './scope-options.interface.js';
