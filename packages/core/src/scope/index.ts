/** Whose a call is: everybody's, a session's or a request's; and what goes when those end. */

export { inRootContextWithExchange, inRootContextWithScopes, scopesHere } from './ambient.js';
export { functionScope, type FunctionScope } from './function-scope.js';
export type { ScopeKind } from './request-scope.js';
export { requestScopeOptions } from './request-scope-options.js';
export { requestScopes, type RequestScopes, type ScopedRequest, type SessionOfRequest } from './request-scopes.js';
export { Scopes, someHaveExchanges, type OpenScope, type ScopeOptions } from './scopes.js';
export type { SessionIdentity, SessionSource } from './session-identity.js';
export type { SessionRequest } from './plugin-session.js';
export { whenClosed, type Closing } from './when-closed.js';
export { sessionStore } from './session-store.js';
