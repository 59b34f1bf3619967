import { randomBytes } from 'node:crypto';
import type { SessionIdentity } from './session-identity.js';

/** The part of a request in which plugins put a session. */
export interface SessionRequest {
  readonly session?: unknown;
  /** express-session has the id here. */
  readonly sessionID?: unknown;
  readonly headers: Readonly<Record<string, unknown>>;
}

/** Under this name a session that is all in its cookie gets an id. */
const ID = 'millpond';

/**
 * Whose session a request has, by express-session, `@fastify/session` or `@fastify/secure-session`. A session that was
 * begun by this very request is nobody's yet (hazard 29): its id is fresh for every request without a cookie. Undefined
 * without such a plugin, or after the session was destroyed.
 */
export function sessionOf(request: SessionRequest): SessionIdentity | undefined {
  const { session } = request;
  if (isSealed(session)) return session.deleted ? undefined : (sealedIdentity(session) ?? { anonymous: true });
  const id = sessionIdOf(request);
  return id === undefined || isInCookie(id, request) ? id : { anonymous: true };
}

/** The id of the session of a request, be it established or not; undefined when there is none. */
export function sessionIdOf({ session, sessionID }: SessionRequest): string | undefined {
  if (!isObject(session)) return undefined;
  if (isSealed(session)) return knownId(session);
  const id: unknown = sessionID ?? Reflect.get(session, 'sessionId');
  return typeof id === 'string' ? id : undefined;
}

function isInCookie(id: string, { headers }: SessionRequest): boolean {
  const cookie = headers['cookie'];
  return typeof cookie === 'string' && (cookie.includes(id) || cookie.includes(encodeURIComponent(id)));
}

/** A session of `@fastify/secure-session`: all of it is in the cookie, and it has no id. */
interface SealedSession {
  readonly deleted: boolean;
  data(): object;
  get(name: string): unknown;
  set(name: string, value: string): void;
}

function isSealed(session: unknown): session is SealedSession {
  return isObject(session) && typeof Reflect.get(session, 'data') === 'function' && 'deleted' in session;
}

/** One with something in it gets an id, which travels with it; an empty one may be anybody's. */
function sealedIdentity(session: SealedSession): string | undefined {
  const known = knownId(session);
  if (known !== undefined || Object.keys(session.data()).length === 0) return known;
  const id = randomBytes(24).toString('base64url');
  session.set(ID, id);
  return id;
}

function knownId(session: SealedSession): string | undefined {
  const id = session.deleted ? undefined : session.get(ID);
  return typeof id === 'string' ? id : undefined;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
