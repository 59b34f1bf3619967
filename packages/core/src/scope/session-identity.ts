import { invalidOption } from '../errors/index.js';
import { isUnwantedPromise } from '../unwanted-promise.js';

/**
 * Whose session it is: its id (and, where one id may come to be used by another, its principal: the user, say), or an
 * anonymous visitor, whose session is not established. Ids are not stored: keys hold a digest of id and principal.
 */
export type SessionIdentity =
  string | { readonly id: string; readonly principal?: string | undefined } | { readonly anonymous: true };

/** Whose session it is, or a function that tells, asked at each use; undefined, or an empty id, when there is none. */
export type SessionSource = SessionIdentity | (() => SessionIdentity | undefined);

/** An identity, in one form. */
export interface Established {
  readonly id: string;
  readonly principal: string | undefined;
}

const ALLOWED = "an id (a text), { id, principal } or { anonymous: true }, at once; undefined when there's no session";

/**
 * Reads what a source answers: ids and principals are texts, so that no two of them look alike by accident.
 *
 * @throws CacheError `ERR_MILLPOND_INVALID_OPTION`
 */
export function readIdentity(answer: unknown): Established | 'anonymous' | undefined {
  if (answer === undefined || answer === '') return undefined;
  if (typeof answer === 'string') return { id: answer, principal: undefined };
  if (typeof answer !== 'object' || answer === null) throw refused(answer);
  if (Reflect.get(answer, 'anonymous') === true) return 'anonymous';
  return readPair(answer);
}

function readPair(answer: object): Established | undefined {
  const id: unknown = Reflect.get(answer, 'id');
  const principal: unknown = Reflect.get(answer, 'principal');
  if (!('id' in answer)) throw refused(answer);
  if (principal !== undefined && !isText(principal)) throw refused(principal);
  if (id === undefined || id === '') return undefined;
  if (!isText(id)) throw refused(id);
  return { id, principal };
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function refused(value: unknown): Error {
  isUnwantedPromise(value);
  return invalidOption('runInScope', 'session', value, ALLOWED);
}
