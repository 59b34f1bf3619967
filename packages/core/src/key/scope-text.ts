/**
 * Whose a call of a scoped function is: a session, a request, or (`anonymous`) a request in the place of the session
 * that it does not have.
 */
export type ScopeTag = 'session' | 'request' | 'anonymous';

const TAGS: Readonly<Record<ScopeTag, string>> = { session: 's', request: 'r', anonymous: 'a' };

/** What begins a scoped key, and no other. */
const MARK = '%';

/**
 * The beginning of every key of one scope. `id` must not hold a `;`: it is the digest of a session, which means the same
 * in every process, or the number of a request in this one.
 */
export function scopeText(tag: ScopeTag, id: string | number): string {
  return `${MARK}${TAGS[tag]}${id};`;
}

/** The beginning of a key that says whose it is; undefined when it is everybody's. */
export function scopeOf(key: string): string | undefined {
  return key.startsWith(MARK) ? key.slice(0, key.indexOf(';') + 1) : undefined;
}

/** Whether a key, or the beginning of one, is of the kind. */
export function isScopedBy(key: string, tag: ScopeTag): boolean {
  return key.startsWith(MARK + TAGS[tag]);
}

/** What the call itself has added to a key. */
export function withoutScope(key: string): string {
  return key.slice(scopeOf(key)?.length ?? 0);
}

/** Whether a key names a request, which no other process knows: what it stands for never reaches a store. */
export function isOfThisProcess(key: string): boolean {
  return isScopedBy(key, 'request') || isScopedBy(key, 'anonymous');
}
