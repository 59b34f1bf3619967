import { CREDENTIAL_HEADERS, CREDENTIAL_PARAMETERS } from '../http/credentials.js';
import { noExchange, tooManyInputs, wrongInput } from '../errors/index.js';
import { cookieIn } from './cookies.js';
import type { ExchangeParts } from './create-exchange.js';
import type { ExchangeHost } from './exchange-host.js';
import { isHeaderName } from './header-rules.js';
import { identityOf } from './user-identity.js';

/**
 * What may be read of the request. A cached function that reads of it varies by what it has read, as by any input; a run sees the
 * request of who called it. Names are those that the code writes down: at most 200 in one cache.
 */
export interface InputsOfExchange {
  /**
   * A header of the request; undefined when it has none. The name in any case. Of a credential (`authorization`, say) keys
   * hold a digest.
   *
   * @throws CacheError `ERR_MILLPOND_INPUT` for a wrong name, also for `cookie`: read the one that you need.
   */
  readonly requestHeader: (name: string) => string | undefined;
  /** A cookie of the request, decoded; undefined when it has none. Keys hold a digest of it. */
  readonly requestCookie: (name: string) => string | undefined;
  /** A parameter of the query, as the framework parses it: a text, a list when it is repeated; undefined when there is none. */
  readonly requestQuery: (name: string) => unknown;
  /** A parameter of the path; undefined when the route has none of that name. */
  readonly requestParam: (name: string) => string | undefined;
  /**
   * Who the user is, by the adapter's option `user`, else `request.user`; undefined when there is none. It must be data, and little
   * of it, since it is part of the key, where a digest of it is.
   *
   * @throws CacheError `ERR_MILLPOND_INPUT` for one that is more than an identity.
   */
  readonly requestUser: () => unknown;
}

/** The most things that are read of requests in one cache: each is remembered for ever. */
const MOST_INPUTS = 200;

/** Reads something of a request, and says whether keys may show it. */
interface Source {
  readonly read: (exchange: ExchangeHost) => unknown;
  readonly isSecret: boolean;
}

/** Makes the inputs of a cache's exchange; each is made when it is first read. */
export function requestInputs({ scopes, inputs }: ExchangeParts): InputsOfExchange {
  const made = new Map<string, () => unknown>();

  function input(what: string, source: () => Source): () => unknown {
    const known = made.get(what);
    if (known !== undefined) return known;
    if (made.size >= MOST_INPUTS) throw tooManyInputs(what, MOST_INPUTS);
    const { read, isSecret } = source();
    const making = inputs.ofRequest(what, () => read(scopes.exchange(what)), isSecret);
    made.set(what, making);
    return making;
  }

  function ask(what: string, source: () => Source): unknown {
    // Runs do not know of their callers then, and would blame the function.
    if (!scopes.haveExchanges) throw noExchange(what, 'none');
    return input(what, source)();
  }

  return {
    requestHeader(given) {
      const name = headerName(given);
      const what = call('requestHeader', name);
      return text(
        ask(what, () => ({ read: ({ header }) => joined(header(name)), isSecret: CREDENTIAL_HEADERS.has(name) })),
      );
    },
    requestCookie(name) {
      checkName('requestCookie', name);
      const read = ({ header }: ExchangeHost): unknown => cookieIn(text(header('cookie')), name);
      return text(ask(call('requestCookie', name), () => ({ read, isSecret: true })));
    },
    requestQuery(name) {
      checkName('requestQuery', name);
      const isSecret = CREDENTIAL_PARAMETERS.has(name.toLowerCase());
      return ask(call('requestQuery', name), () => ({ read: ({ query }) => own(query(), name), isSecret }));
    },
    requestParam(name) {
      checkName('requestParam', name);
      const read = ({ params }: ExchangeHost): unknown => joined(own(params(), name), '/');
      return text(ask(call('requestParam', name), () => ({ read, isSecret: false })));
    },
    requestUser: () => ask('requestUser()', () => ({ read: ({ user }) => identityOf(user()), isSecret: true })),
  };
}

function call(kind: string, name: string): string {
  return `${kind}(${JSON.stringify(name)})`;
}

/** Longer ones are no names that somebody has written down. */
const LONGEST_NAME = 200;

function checkName(kind: string, name: unknown): void {
  if (typeof name !== 'string' || name === '' || name.length > LONGEST_NAME) {
    throw wrongInput(kind, name, `a name: a text of at most ${LONGEST_NAME} characters that is not empty`);
  }
}

function headerName(given: unknown): string {
  checkName('requestHeader', given);
  if (!isHeaderName(given)) throw wrongInput('requestHeader', given, 'the name of a header');
  const name = given.toLowerCase();
  if (name === 'cookie')
    throw wrongInput('requestHeader', given, 'any header but that: read one by requestCookie(name)');
  return name;
}

/** What the request itself has, and not what every object has. */
function own(from: unknown, name: string): unknown {
  return typeof from === 'object' && from !== null && Object.hasOwn(from, name) ? Reflect.get(from, name) : undefined;
}

/** A header that was sent more than once, or the rest of a path, as one text. */
function joined(value: unknown, by = ', '): unknown {
  return Array.isArray(value) ? value.join(by) : value;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
