/** The request and the response, as cached functions read and set them. */

export { createExchange } from './create-exchange.js';
export type { Exchange } from './exchange.js';
export type { ExchangeHost, LogLevel, RequestLogger } from './exchange-host.js';
export type { CookieOptions } from './set-cookie.js';
