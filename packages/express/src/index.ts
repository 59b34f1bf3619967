export * from '@millpond/core';
export type { RouteHandler, RouteOptions, RouteParams, RouteQuery, RouteRequest } from '@millpond/core/http';
export { millpond, type MillpondOptions, type Pond } from './millpond.js';
export type { RequestScopeOptions, ScopesFn, ScopesMiddleware } from './scopes.js';
export type { ExpressHandler, ExpressRequest } from './cache-route.js';
