/** The request and the response, as cached functions read and set them. */

export { createExchange } from './create-exchange.js';
export type { Exchange } from './exchange.js';
export type { ExchangeHost, LogLevel, RequestLogger } from './exchange-host.js';
export { nodeResponse } from './node-response.js';
export {
  requestExchanges,
  type ExchangedRequest,
  type ExchangedResponse,
  type ExchangeOptions,
  type RequestExchanges,
} from './request-exchanges.js';
export { replyResponse } from './reply-response.js';
export type { CookieOptions } from './set-cookie.js';
