import { invalidOption } from '../errors/index.js';
import type { ExchangeHost, LogLevel, RequestLogger } from './exchange-host.js';

/** What an app says of its requests, where its adapter turns scopes on. */
export interface ExchangeOptions<Q> {
  /** Who the user of a request is, for `requestUser()`: what identifies them, and no more. Default: `request.user`. */
  readonly user?: ((request: Q) => unknown) | undefined;
  /** The logger of a request, for `logLine()`. Default: `request.log`, if it is one. */
  readonly logger?: ((request: Q) => RequestLogger | undefined) | undefined;
}

/** What the requests of the frameworks have in common. */
export interface ExchangedRequest {
  readonly headers: Readonly<Record<string, unknown>>;
  readonly query?: unknown;
  readonly params?: unknown;
  readonly user?: unknown;
  readonly log?: unknown;
}

/** What an adapter tells of a response. */
export type ExchangedResponse = Pick<ExchangeHost, 'isSent' | 'getHeader' | 'setHeader' | 'addCookie' | 'setStatus'>;

/** Makes what the scope of one request is given of it, and of its response. */
export type RequestExchanges<Q> = (request: Q, response: ExchangedResponse) => ExchangeHost;

/**
 * The exchanges of one server, by what its app says of requests.
 *
 * @throws CacheError `ERR_MILLPOND_INVALID_OPTION`; `where` names the adapter's option.
 */
export function requestExchanges<Q extends ExchangedRequest>(
  { user, logger }: ExchangeOptions<Q>,
  where: string,
): RequestExchanges<Q> {
  checkFunction(user, where, 'user', 'a function of the request that says who its user is');
  checkFunction(logger, where, 'logger', 'a function of the request that returns its logger');

  return (request, response) => ({
    ...response,
    header: (name) => request.headers[name],
    query: () => request.query,
    params: () => request.params,
    user: () => (user === undefined ? request.user : user(request)) ?? undefined,
    logger: () => (logger === undefined ? loggerIn(request.log) : logger(request)),
  });
}

function checkFunction(given: unknown, where: string, option: string, allowed: string): void {
  if (given !== undefined && typeof given !== 'function') throw invalidOption(where, option, given, allowed);
}

const LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];

function loggerIn(log: unknown): RequestLogger | undefined {
  return isLogger(log) ? log : undefined;
}

function isLogger(log: unknown): log is RequestLogger {
  return (
    typeof log === 'object' && log !== null && LEVELS.every((level) => typeof Reflect.get(log, level) === 'function')
  );
}
