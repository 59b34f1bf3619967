/** How urgent a line of the log is. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** What writes the lines of `logLine`: pino, as in Fastify, Nest's Logger behind a small function, or the console. */
export type RequestLogger = {
  readonly [L in LogLevel]: (data: object, message: string) => void;
};

/**
 * One request and its response as an adapter tells of them, in its framework's own way. What is read is asked for each time;
 * the scope that it is given to lets go of it when the response has ended.
 */
export interface ExchangeHost {
  /** A header of the request, by its name in lower case. */
  readonly header: (name: string) => unknown;
  /** The query as the framework has parsed it. */
  readonly query: () => unknown;
  /** The parameters of the path, by the route that the request is in. */
  readonly params: () => unknown;
  /** Who the user is: what the app says, or what earlier middleware has left on the request. */
  readonly user: () => unknown;
  /** Whether the headers of the response have been sent, so that nothing can be set any more. */
  readonly isSent: () => boolean;
  /** A header of the response, as it is set so far. */
  readonly getHeader: (name: string) => unknown;
  /** Sets a header of the response, in the place of what it was. */
  readonly setHeader: (name: string, value: string) => void;
  /** Adds a `Set-Cookie` to the response. */
  readonly addCookie: (text: string) => void;
  readonly setStatus: (code: number) => void;
  /** The logger of the request; undefined when it has none. */
  readonly logger: () => RequestLogger | undefined;
}
