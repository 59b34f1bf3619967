import { writtenId } from '../codec/index.js';
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
  /** The same, as a frame writes it. */
  readonly written: string;
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
      const of = {
        ids: open([cache, version, name, fnVersion]),
        places: open([cache, name]),
        entries: `${root}/e/${fn}/`,
        tombstones: `${root}/d/${fn}/`,
        marks: `${root}/x/${fn}/`,
        deletes: `${root}/n/${fn}/`,
        versions: `.${versions}`,
      };
      return {
        token: `${root}/f/${fn}`,
        note: `${root}/o/${fn}`,
        entries: of.entries,
        call: (key, base = key) => new NamesOfCall(of, key, base),
      };
    },
  };
}

/** What the keys of the calls of one function are made of. */
interface Beginnings {
  readonly ids: string;
  readonly places: string;
  readonly entries: string;
  readonly tombstones: string;
  readonly marks: string;
  readonly deletes: string;
  readonly versions: string;
}

/** Most look-ups need the key of the entry alone, so that the others are made when they are asked for. */
class NamesOfCall implements CallNames {
  readonly entry: string;
  readonly id: string;
  readonly written: string;
  readonly #of: Beginnings;
  readonly #digest: string;

  constructor(of: Beginnings, key: string, base: string) {
    const end = endOf(key);
    const id = of.ids + end;
    const place = safeDigest(of.places + end);
    this.#of = of;
    this.#digest = base === key ? place : safeDigest(of.places + endOf(base));
    this.entry = of.entries + place + of.versions;
    // What was read of a request (a user, a header) is nobody's to read in a store.
    this.id = id.length <= LONG_ID && key === base ? id : `digest:${digest(id)}`;
    this.written = writtenId(this.id);
  }

  get tombstone(): string {
    return this.#of.tombstones + this.#digest;
  }

  get mark(): string {
    return this.#of.marks + this.#digest;
  }

  get deletes(): string {
    // The first character says 6 bits of the digest.
    return `${this.#of.deletes}${this.#digest.charCodeAt(0)}`;
  }
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
