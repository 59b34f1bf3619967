import { isOfThisProcess, scopeOf } from '../key/index.js';
import type { Begun, StoredEntry, StoreFunction, StoreInspection, StoreLookup } from '../store/index.js';

const NOT_STORABLE: Begun = { storable: false };
const NOTHING: StoreLookup = { found: undefined, branch: undefined, reason: 'cold', begun: NOT_STORABLE };

/**
 * The store of a session-scoped function. Its runs begin with their session as a tag that nobody else sees, and their
 * entries carry what a run began with: so all of a session is outdated at once, whichever process has stored it. What an anonymous visitor has made never reaches it.
 */
export function sessionStore(entries: StoreFunction): StoreFunction {
  const session: StoreFunction = {
    ...entries,
    async lookup(key, tags, base) {
      if (isOfThisProcess(key)) return NOTHING;
      const looked = await entries.lookup(key, [...tags, ...sessionTags(key)], base);
      if (looked.found === undefined) return looked;
      const { branch, reason } = looked;
      // What it began with is looked up only by those who go on from here.
      return {
        found: withoutSession(looked.found, key),
        branch,
        reason,
        get begun() {
          return looked.begun;
        },
      };
    },
    glance: (key, tags, looker) => looker.looked(session.lookup(key, tags)),
    async inspect(key, tags, base) {
      if (isOfThisProcess(key)) return { key: '', state: 'none', deleted: false };
      return shown(await entries.inspect(key, [...tags, ...sessionTags(key)], base), key);
    },
    async begin(key, tags) {
      return isOfThisProcess(key) ? NOT_STORABLE : entries.begin(key, [...tags, ...sessionTags(key)]);
    },
    async delete(key) {
      return isOfThisProcess(key) ? 'acknowledged' : entries.delete(key);
    },
    async expire(key) {
      return isOfThisProcess(key) ? 'acknowledged' : entries.expire(key);
    },
  };
  return session;
}

function sessionTags(key: string): readonly string[] {
  const scope = scopeOf(key);
  return scope === undefined ? [] : [scope];
}

function withoutSession(entry: StoredEntry, key: string): StoredEntry {
  const hidden = sessionTags(key);
  return { ...entry, tags: entry.tags.filter((tag) => !hidden.includes(tag)) };
}

function shown(inspected: StoreInspection, key: string): StoreInspection {
  if (!('entry' in inspected)) return inspected;
  const entry = withoutSession(inspected.entry, key);
  if (inspected.state !== 'invalidated') return { ...inspected, entry };
  const { by } = inspected;
  // Its session was cleared of this function, or is over.
  const isSession = by.tag !== undefined && sessionTags(key).includes(by.tag);
  return { ...inspected, entry, by: isSession ? { fence: 'function', tag: undefined, lost: by.lost } : by };
}
