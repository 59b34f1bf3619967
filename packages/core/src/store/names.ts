import { digest } from '../key/index.js';

/**
 * The keys under which a cache keeps things in a store, all under 200 characters:
 *
 *     millpond/<cache>/e/<function>/<digest>.<versions>   an entry, or a branch that leads to variants; the digest is of the
 *                                              call and its inputs, the other of the versions
 *     millpond/<cache>/d/<function>/<digest>   the tombstone of a call, for every version
 *     millpond/<cache>/x/<function>/<digest>   the mark of a call that was expired, for every version
 *     millpond/<cache>/n/<function>/<part>     the token that tells of deletes, of one part in 64 of the calls
 *     millpond/<cache>/o/<function>            the note that calls of it were deleted or expired, one by one
 *     millpond/<cache>/f/<function>            the token of a function
 *     millpond/<cache>/t/<tag>                 the token of a tag
 *     millpond/<cache>/c, millpond/<cache>/i   the token of the cache, and the one that tells of tag invalidations
 *
 * There is no `:` in them (Keyv 5 takes a key that begins with its namespace and `:` for one that it prefixed), and
 * nothing that a glob or a sanitizer of Keyv 6 touches. The namespace of a Keyv may stand behind all of it (namespace.ts).
 */
const ROOT = 'millpond';

/** What is kept in plain sight; `--` is not, since sanitizers strip it. */
const UNSAFE = /[^A-Za-z0-9_-]|-(?=-)/g;

/** Names whose escaped text is longer are cut and marked with `~~`, which no escape contains, and a digest. */
const LONG = 48;
const SHOWN_OF_LONG = 20;

/** A name as one segment of a key: readable, and different for different names. */
export function segment(name: string): string {
  const escaped = name.replace(UNSAFE, (unit) => `~${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return escaped.length <= LONG ? escaped : `${escaped.slice(0, SHOWN_OF_LONG)}~~${safeDigest(name)}`;
}

function safeDigest(text: string): string {
  return digest(text).replaceAll('-', '.');
}

/** The keys of one cache. */
export interface CacheNames {
  readonly cache: string;
  readonly invalidations: string;
  /** What the keys of all its entries begin with. */
  readonly entries: string;
  tag(tag: string): string;
  function(name: string, version: string): FunctionNames;
}

/** The keys of one function of a cache. */
export interface FunctionNames {
  readonly token: string;
  /** Without this note, no call of it has a tombstone or a mark. */
  readonly note: string;
  /** What the keys of all its entries begin with, of every version. */
  readonly entries: string;
  /** `base` is the key without inputs, of a variant: what outdates a call outdates all its variants. */
  call(key: string, base?: string): CallNames;
}

/** The keys of one call. */
export interface CallNames {
  readonly entry: string;
  readonly tombstone: string;
  readonly mark: string;
  readonly deletes: string;
  /** What an entry says that it is: checked on read, so that no digest can be taken for another. */
  readonly id: string;
}

/** So much of the digest of its versions tells an entry from those of others: an entry of theirs would be found out by its id. */
const SHOWN_OF_VERSIONS = 16;

/** The JSON of a list with room for one more item. */
function open(list: readonly string[]): string {
  return `${JSON.stringify(list).slice(0, -1)},`;
}

/** The last item of such a list, and its end. */
function endOf(key: string): string {
  return `${JSON.stringify(key)}]`;
}

/** Identities that are longer are replaced by their digest. */
const LONG_ID = 300;

/** The keys of a cache; `version` is mixed into those of its entries, and of nothing else. */
export function cacheNames(cache: string, version: string): CacheNames {
  const root = `${ROOT}/${segment(cache)}`;
  return {
    cache: `${root}/c`,
    invalidations: `${root}/i`,
    entries: `${root}/e/`,
    tag: (tag) => `${root}/t/${segment(tag)}`,
    function: (name, fnVersion) => {
      const fn = segment(name);
      const versions = safeDigest(JSON.stringify([version, fnVersion])).slice(0, SHOWN_OF_VERSIONS);
      const begins = [open([cache, version, name, fnVersion]), open([cache, name])] as const;
      const entries = `${root}/e/${fn}/`;
      const tombstones = `${root}/d/${fn}/`;
      const marks = `${root}/x/${fn}/`;
      const deletes = `${root}/n/${fn}/`;
      return {
        token: `${root}/f/${fn}`,
        note: `${root}/o/${fn}`,
        entries,
        call(key, base = key) {
          const id = begins[0] + endOf(key);
          const place = safeDigest(begins[1] + endOf(key));
          const ofAllVersions = base === key ? place : safeDigest(begins[1] + endOf(base));
          return {
            entry: `${entries}${place}.${versions}`,
            tombstone: `${tombstones}${ofAllVersions}`,
            mark: `${marks}${ofAllVersions}`,
            // The first character says 6 bits of the digest.
            deletes: `${deletes}${ofAllVersions.charCodeAt(0)}`,
            // What was read of a request (a user, a header) is nobody's to read in a store.
            id: id.length <= LONG_ID && key === base ? id : `digest:${digest(id)}`,
          };
        },
      };
    },
  };
}

const SHELF = /^millpond\/([^/]+)\/(e\/(?:([^/]+)\/)?)?/;

/**
 * The cache and the function that an entry belongs to, of its key or of what such keys begin with; undefined for the key
 * of a token, a tombstone or a mark. What is no key of ours counts as an entry.
 */
export function shelfOf(key: string): readonly string[] | undefined {
  const [, cache, entries, fn] = SHELF.exec(key) ?? [];
  if (cache === undefined) return [''];
  if (entries === undefined) return undefined;
  return fn === undefined ? [cache] : [cache, fn];
}
