/**
 * Whether a request carries something that tells who is asking. Such a request is answered by running the handler, and
 * the answer is neither kept nor shared, though the handler could not see the credential anyway: what an authenticated
 * route answers is nobody else's business until its author says otherwise.
 *
 * A cookie alone is no credential here (hazard 34). The handler of a cached route is given nothing but keyed parts and
 * runs outside the request's async context, so it cannot know the cookie; analytics cookies, which most browsers
 * send, would make every answer a bypass. What a cookie stands for does count, once earlier middleware has found it:
 * a user, or a session that holds something.
 */

/** Names of headers that carry a credential, or a proxy's word about who is asking; in lower case. */
export const CREDENTIAL_HEADERS: ReadonlySet<string> = new Set(
  [
    'authorization proxy-authorization x-api-key api-key apikey x-auth-token x-access-token x-session-token',
    'x-amz-security-token remote-user x-remote-user x-forwarded-user x-forwarded-access-token x-webauth-user',
    'x-auth-request-user x-auth-request-email x-auth-request-access-token x-authenticated-user x-user x-user-id',
    'cf-access-jwt-assertion x-goog-iap-jwt-assertion x-ms-client-principal x-amzn-oidc-data x-amzn-oidc-identity',
    'x-amzn-oidc-accesstoken client-cert x-client-cert ssl-client-cert x-ssl-client-cert x-forwarded-client-cert',
    'x-amzn-mtls-clientcert',
  ].flatMap((names) => names.split(' ')),
);

/** Names of query parameters that carry a credential; in lower case. */
export const CREDENTIAL_PARAMETERS: ReadonlySet<string> = new Set(
  [
    'access_token id_token refresh_token auth_token token jwt password secret api_key api-key apikey sessionid',
    'session_id sid signature x-amz-signature x-goog-signature',
  ].flatMap((names) => names.split(' ')),
);

/** What earlier middleware and the connection tell about who is asking. */
export interface Caller {
  /** A user whom earlier middleware has found: `request.user`, or `request.auth`. */
  readonly user: unknown;
  /** The session that earlier middleware has found: `request.session`. */
  readonly session: unknown;
  /** Whether the TLS connection came with a client certificate. */
  readonly certificate: boolean;
}

/** Reads what earlier middleware has left on a framework's request, and whether its socket has a client certificate. */
export function callerOf(request: object, socket: unknown): Caller {
  return {
    user: Reflect.get(request, 'user') ?? Reflect.get(request, 'auth'),
    session: Reflect.get(request, 'session'),
    certificate: hasCertificate(socket),
  };
}

/** Node's TLS sockets answer with an empty object, or null, where the client has sent no certificate. */
function hasCertificate(socket: unknown): boolean {
  if (typeof socket !== 'object' || socket === null) return false;
  const ask: unknown = Reflect.get(socket, 'getPeerCertificate');
  if (typeof ask !== 'function') return false;
  const certificate: unknown = Reflect.apply(ask, socket, []);
  return typeof certificate === 'object' && certificate !== null && Object.keys(certificate).length > 0;
}

/**
 * The name of the first credential on a request, as the `detail` of its Cache-Status, or undefined. A query parameter
 * that the route lists is part of its key by the author's own word, and not a credential.
 */
export function credentialOf(
  headers: Readonly<Record<string, unknown>>,
  query: unknown,
  caller: Caller,
  listed: readonly string[] | undefined,
): string | undefined {
  for (const name in headers) if (CREDENTIAL_HEADERS.has(name)) return name;
  if (typeof query === 'object' && query !== null) {
    for (const name of Object.keys(query)) {
      const lower = name.toLowerCase();
      if (CREDENTIAL_PARAMETERS.has(lower) && listed?.includes(name) !== true) return lower;
    }
  }
  if (isPresent(caller.user)) return 'user';
  if (holdsSomething(caller.session)) return 'session';
  return caller.certificate ? 'client-certificate' : undefined;
}

function isPresent(user: unknown): boolean {
  return user !== undefined && user !== null && user !== false;
}

/** A session that was made for this request and holds nothing but its own cookie tells nothing about anybody. */
function holdsSomething(session: unknown): boolean {
  if (typeof session !== 'object' || session === null) return isPresent(session);
  return Object.keys(session).some((name) => name !== 'cookie');
}
