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
  const id = sessionIdOf(request);
  if (id === undefined) return hasSession(request) ? { anonymous: true } : undefined;
  return isInCookie(id, request) || isSealed(request.session) ? id : { anonymous: true };
}

/** The id of the session of a request, be it established or not; undefined when there is none. */
export function sessionIdOf({ session, sessionID }: SessionRequest): string | undefined {
  if (!isObject(session)) return undefined;
  if (isSealed(session)) return sealedId(session);
  const id: unknown = sessionID ?? Reflect.get(session, 'sessionId');
  return typeof id === 'string' ? id : undefined;
}

function hasSession({ session }: SessionRequest): boolean {
  return isSealed(session) && !session.deleted;
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

/** One with something in it gets an id, which travels with it; an empty one is that of anybody. */
function sealedId(session: SealedSession): string | undefined {
  if (session.deleted || Object.keys(session.data()).length === 0) return undefined;
  const known = session.get(ID);
  if (typeof known === 'string') return known;
  const id = randomBytes(24).toString('base64url');
  session.set(ID, id);
  return id;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
