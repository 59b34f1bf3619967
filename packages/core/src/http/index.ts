export { JSON_TYPE, type RouteAnswer, type Serialize } from './answer.js';
export type { Bypass, RouteOutcome } from './cache-status.js';
export { callerOf, type Caller } from './credentials.js';
export type { RouteInput } from './input.js';
export { respond, type LiveHeader, type RouteResponse, type RouteResult } from './response.js';
export { createRoute, type Route } from './route.js';
export type { RouteHandler, RouteOptions } from './route-options.js';
export type { RouteParams, RouteQuery, RouteRequest } from './route-request.js';
