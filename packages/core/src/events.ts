import { channel, type Channel } from 'node:diagnostics_channel';
import { describe, invalidOption, type CacheError } from './errors/index.js';

/**
 * Why a look-up found nothing fresh:
 *
 * - `cold`: nothing is known of the call: it is new, or what happened to it is forgotten (256 keys of a function are
 *   remembered);
 * - `expired`: it was past its ttl and its stale windows;
 * - `evicted`: it had to make room in memory;
 * - `deleted`, `cleared`, `tag`: it was invalidated by `delete`, by `clear` of the function or the cache, or by a tag;
 * - `unkept`: the value of the last run was not kept: `when` refused it, it was too large, or an invalidation came
 *   meanwhile;
 * - `invalid`: `validate` of a resource said no;
 * - `memory-ttl`: memory was not trusted any more, and the store had nothing;
 * - `fence`: the store has it, and a token that tells whether it was invalidated is lost, or one that it lacks;
 * - `damaged`: what the store has is no entry of this call;
 * - `store-down`: the store did not answer in time, failed, or is not asked;
 * - `refresh`: nothing was looked for: `refresh()` was called, or a stale value is refreshed.
 */
export type MissReason =
  | 'cold'
  | 'expired'
  | 'evicted'
  | 'deleted'
  | 'cleared'
  | 'tag'
  | 'unkept'
  | 'invalid'
  | 'memory-ttl'
  | 'fence'
  | 'damaged'
  | 'store-down'
  | 'refresh';

/** Why an entry left memory, or a resource was released; `scope`: the session or the request that it belonged to is over. */
export type RemovalReason =
  'evict' | 'expire' | 'delete' | 'clear' | 'replace' | 'invalid' | 'scope' | 'close' | 'discard';

interface CallEvent {
  /** The cache's name, when it has one. */
  readonly cache: string | undefined;
  /** The name under which the function is shown. */
  readonly fn: string;
  /** What `keyOf` answers for the call. */
  readonly key: string;
}

interface StoreEvent {
  readonly cache: string | undefined;
}

/** Everything that a cache tells; `type` names the channel, `millpond:<type>`, on which it is published. */
export type CacheEvent =
  /** Answered from memory or the store; `age` is in milliseconds. */
  | (CallEvent & { readonly type: 'hit'; readonly tier: 'memory' | 'store'; readonly age: number })
  /** Answered by running the function. */
  | (CallEvent & { readonly type: 'miss'; readonly reason: MissReason })
  /** Answered by a run that another call had started. */
  | (CallEvent & { readonly type: 'join' })
  /** Answered with a value past its ttl, within a stale window. */
  | (CallEvent & { readonly type: 'stale'; readonly age: number; readonly cause: 'revalidate' | 'error' | 'timeout' })
  /** A run has begun: `computed` or `failed` follows. `label` is the text to show meanwhile, if there is to be one. */
  | (CallEvent & { readonly type: 'started'; readonly label: string | undefined })
  /** A run ended with a value; `duration` is in milliseconds, `kept` tells whether the value was kept. */
  | (CallEvent & { readonly type: 'computed'; readonly duration: number; readonly kept: boolean })
  /** A run ended with an error: the function's own, or one about a result that cannot be kept. */
  | (CallEvent & { readonly type: 'failed'; readonly duration: number; readonly error: unknown })
  /** A session-scoped function runs for an anonymous visitor: what it returns is kept for this request alone. */
  | (CallEvent & { readonly type: 'anonymous' })
  /** A value was not kept in memory: its entry would be larger than `maxBytes` of the function, or of the cache. */
  | (CallEvent & { readonly type: 'notKept'; readonly bytes: number })
  /**
   * A run was left behind: it lasted longer than `flightTimeout` and no longer holds its key, or its last caller has
   * gone (`deserted`). What it returns may still be kept.
   */
  | (CallEvent & { readonly type: 'abandoned'; readonly reason: 'timeout' | 'deserted' })
  /** A stale answer got no refresh behind it: `refreshLimit` was reached, or the last refresh failed lately. */
  | (CallEvent & { readonly type: 'refreshSkipped'; readonly reason: 'limit' | 'cooldown' })
  /** `delete` of one call, whether or not there was anything. */
  | (CallEvent & { readonly type: 'deleted' })
  /** An entry left memory. */
  | (CallEvent & { readonly type: 'removed'; readonly reason: RemovalReason })
  /** An effect has failed (its action threw or rejected, or there is none of that name); the answer was given all the same. */
  | (StoreEvent & {
      readonly type: 'effectFailed';
      /** Whose answer it came with; undefined where it was called outside a function that is replayed. */
      readonly fn: string | undefined;
      readonly key: string | undefined;
      readonly effect: string;
      readonly error: unknown;
    })
  /** A resource was let go. */
  | (CallEvent & { readonly type: 'released'; readonly reason: RemovalReason })
  /** Letting go of a resource failed. */
  | (CallEvent & { readonly type: 'releaseFailed'; readonly reason: RemovalReason; readonly error: CacheError })
  /** The store returned something that is not an entry of this call. */
  | (CallEvent & { readonly type: 'storeDamaged'; readonly error: CacheError })
  /** A value of `copy: 'share'` was changed at a path such as `result.rows[0]`; told once for each value. */
  | (CallEvent & { readonly type: 'mutated'; readonly path: string; readonly error: CacheError })
  /** The store has acknowledged an entry; `bytes` is the size of its text. */
  | (CallEvent & { readonly type: 'stored'; readonly bytes: number })
  /** A value was not sent to the store. */
  | (CallEvent & { readonly type: 'notStored'; readonly error: CacheError })
  /** 1,000 functions of one name were wrapped in this cache: something wraps inside a request, or in a loop. */
  | (StoreEvent & { readonly type: 'wrappedOften'; readonly fn: string; readonly error: CacheError })
  /** `clear` of a function, or of the whole cache (`fn` undefined). */
  | (StoreEvent & { readonly type: 'cleared'; readonly fn: string | undefined })
  /** `invalidateTags`. */
  | (StoreEvent & { readonly type: 'tagsInvalidated'; readonly tags: readonly string[] })
  /** One operation of the store failed or was not answered in time. */
  | (StoreEvent & { readonly type: 'storeFailed'; readonly error: CacheError })
  /** The breaker opened: the store is not asked for a while. */
  | (StoreEvent & { readonly type: 'storeDegraded' })
  /** The store answers again. */
  | (StoreEvent & { readonly type: 'storeRecovered' })
  /**
   * A store on this machine was swept: so many things were over, so many entries had been cleared, and so many had to
   * make room; `bytes` are left.
   */
  | (StoreEvent & {
      readonly type: 'storeSwept';
      readonly expired: number;
      readonly cleared: number;
      readonly evicted: number;
      readonly bytes: number;
    })
  /** An invalidation has not been acknowledged by the store yet; it is tried again until it is. */
  | (StoreEvent & { readonly type: 'invalidationPending'; readonly error: CacheError })
  /** Writes of entries were dropped because too many were waiting. */
  | (StoreEvent & { readonly type: 'writesDropped'; readonly count: number });

/** The name of an event. */
export type CacheEventType = CacheEvent['type'];

/** Every name, so that one that does not exist is refused. */
const EVENT_TYPES: Readonly<Record<CacheEventType, true>> = {
  hit: true,
  miss: true,
  join: true,
  stale: true,
  started: true,
  computed: true,
  failed: true,
  anonymous: true,
  notKept: true,
  abandoned: true,
  refreshSkipped: true,
  deleted: true,
  removed: true,
  effectFailed: true,
  released: true,
  releaseFailed: true,
  mutated: true,
  storeDamaged: true,
  stored: true,
  notStored: true,
  wrappedOften: true,
  cleared: true,
  tagsInvalidated: true,
  storeFailed: true,
  storeDegraded: true,
  storeRecovered: true,
  storeSwept: true,
  invalidationPending: true,
  writesDropped: true,
};

/** The event of one name. */
export type CacheEventOf<T extends CacheEventType> = Extract<CacheEvent, { readonly type: T }>;

/** Hears the events of a cache. One that throws is reported as a process warning and disturbs nobody. */
export type CacheListener<E extends CacheEvent = CacheEvent> = (event: E) => void;

/** What a cache tells about itself when nobody listens; an adapter gives its framework's logger. */
export interface CacheLogger {
  /** One message about something that went wrong; said once for each kind of event. */
  warn(message: string): void;
}

/** Failures that must not pass unheard: each kind is logged once, also when nobody listens. */
const TROUBLE: ReadonlySet<CacheEventType> = new Set([
  'releaseFailed',
  'effectFailed',
  'mutated',
  'storeFailed',
  'storeDamaged',
  'invalidationPending',
  'writesDropped',
  'wrappedOften',
]);

/** Who hears the events of one type of one cache. */
export class Audience {
  readonly listeners: Set<(event: CacheEvent) => unknown> = new Set();
  readonly channel: Channel;
  readonly #isTrouble: boolean;

  constructor(type: CacheEventType) {
    this.channel = channel(`millpond:${type}`);
    this.#isTrouble = TROUBLE.has(type);
  }

  /** Whether there is anybody; ask before you make an event on a hot path. */
  get listens(): boolean {
    return this.listeners.size > 0 || this.channel.hasSubscribers || this.#isTrouble;
  }
}

/** The events of one cache: to its listeners, to `node:diagnostics_channel`, and trouble once to the logger. */
export interface CacheEvents {
  /** Whether anybody hears this event; ask before you make one. */
  wants(type: CacheEventType): boolean;
  /** Who hears this event, for one who asks often: it stays the same. */
  audience(type: CacheEventType): Audience;
  emit(event: CacheEvent): void;
  on<T extends CacheEventType>(type: T, listener: CacheListener<CacheEventOf<T>>): () => void;
}

/** Makes the events of one cache. */
export function createEvents(logger: CacheLogger): CacheEvents {
  const audiences = new Map<CacheEventType, Audience>();
  const logged = new Set<CacheEventType>();

  function audience(type: CacheEventType): Audience {
    let found = audiences.get(type);
    if (found === undefined) audiences.set(type, (found = new Audience(type)));
    return found;
  }

  /** A logger is a listener: what it throws is no caller's affair. */
  function log(event: CacheEvent): void {
    if (!TROUBLE.has(event.type) || logged.has(event.type)) return;
    logged.add(event.type);
    const cause = 'error' in event && event.error instanceof Error ? event.error.message : JSON.stringify(event);
    const message = `millpond: ${event.type}: ${cause} (said once; listen to '${event.type}' for all)`;
    notify(() => logger.warn(message), event);
  }

  return {
    wants: (type) => audience(type).listens,
    audience,
    emit(event) {
      log(event);
      const { listeners, channel } = audience(event.type);
      // Those that listen now: one that makes another listen does not make it hear this.
      for (const listener of Array.from(listeners)) notify(listener, event);
      if (channel.hasSubscribers) channel.publish(event);
    },
    on(type, listener) {
      checkListener(type, listener);
      const { listeners } = audience(type);
      const hear = (event: CacheEvent): unknown => {
        return isType(event, type) ? listener(event) : undefined;
      };
      listeners.add(hear);
      return () => void listeners.delete(hear);
    },
  };
}

function isType<T extends CacheEventType>(event: CacheEvent, type: T): event is CacheEventOf<T> {
  return event.type === type;
}

/** Refuses what would never hear anything. */
function checkListener(type: unknown, listener: unknown): void {
  const known: readonly string[] = Object.keys(EVENT_TYPES);
  if (typeof type !== 'string' || !known.includes(type)) {
    throw invalidOption('on', 'type', type, `one of ${known.join(', ')}`);
  }
  if (typeof listener !== 'function') throw invalidOption('on', 'listener', listener, 'a function of the event');
}

/**
 * Calls one listener; what it throws, or rejects with, becomes a process warning, since no caller of the cache is to
 * blame for it.
 */
export function notify<E extends CacheEvent>(listener: (event: E) => unknown, event: E): void {
  try {
    const answer = listener(event);
    if (answer instanceof Promise) answer.catch((error: unknown) => warnOf(error, event.type));
  } catch (error) {
    warnOf(error, event.type);
  }
}

function warnOf(error: unknown, type: CacheEventType): void {
  const warning = error instanceof Error ? error : new Error(`A listener for '${type}' threw ${describe(error)}.`);
  process.emitWarning(warning, { type: 'MillpondListenerWarning', detail: `A listener for '${type}' threw.` });
}
