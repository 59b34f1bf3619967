import { channel, type Channel } from 'node:diagnostics_channel';
import { describe, invalidOption, type CacheError } from './errors.js';

/** Why a look-up found nothing fresh. */
export type MissReason = 'cold' | 'expired' | 'invalidated' | 'memory-ttl' | 'damaged' | 'store-down' | 'refresh';

/** Why an entry left memory, or a resource was released. */
export type RemovalReason = 'evict' | 'expire' | 'delete' | 'clear' | 'replace' | 'invalid' | 'close' | 'discard';

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
  | (CallEvent & { readonly type: 'stale'; readonly age: number; readonly cause: 'revalidate' | 'error' })
  /** A run ended with a value; `duration` is in milliseconds, `kept` tells whether the value was kept. */
  | (CallEvent & { readonly type: 'computed'; readonly duration: number; readonly kept: boolean })
  /** A run ended with an error: the function's own, or one about a result that cannot be kept. */
  | (CallEvent & { readonly type: 'failed'; readonly duration: number; readonly error: unknown })
  /** An entry left memory. */
  | (CallEvent & { readonly type: 'removed'; readonly reason: RemovalReason })
  /** A resource was let go. */
  | (CallEvent & { readonly type: 'released'; readonly reason: RemovalReason })
  /** Letting go of a resource failed. */
  | (CallEvent & { readonly type: 'releaseFailed'; readonly reason: RemovalReason; readonly error: CacheError })
  /** The store returned something that is not an entry of this call. */
  | (CallEvent & { readonly type: 'storeDamaged'; readonly error: CacheError })
  /** A value was not sent to the store. */
  | (CallEvent & { readonly type: 'notStored'; readonly error: CacheError })
  /** A stream is not kept, nor joined any more, since it has become too large. */
  | (CallEvent & { readonly type: 'notKept'; readonly error: CacheError })
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
  computed: true,
  failed: true,
  removed: true,
  released: true,
  releaseFailed: true,
  storeDamaged: true,
  notStored: true,
  notKept: true,
  cleared: true,
  tagsInvalidated: true,
  storeFailed: true,
  storeDegraded: true,
  storeRecovered: true,
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

const channels = new Map<CacheEventType, Channel>();

function channelOf(type: CacheEventType): Channel {
  let found = channels.get(type);
  if (found === undefined) {
    found = channel(`millpond:${type}`);
    channels.set(type, found);
  }
  return found;
}

/** Failures that must not pass unheard: each kind is logged once, also when nobody listens. */
const TROUBLE: ReadonlySet<CacheEventType> = new Set([
  'releaseFailed',
  'storeFailed',
  'storeDamaged',
  'invalidationPending',
  'writesDropped',
]);

/** The events of one cache: to its listeners, to `node:diagnostics_channel`, and trouble once to the logger. */
export interface CacheEvents {
  /** Whether anybody hears this event; ask before you make one on a hot path. */
  wants(type: CacheEventType): boolean;
  emit(event: CacheEvent): void;
  on<T extends CacheEventType>(type: T, listener: CacheListener<CacheEventOf<T>>): () => void;
}

/** Makes the events of one cache. */
export function createEvents(logger: CacheLogger): CacheEvents {
  const listeners = new Map<CacheEventType, Set<(event: CacheEvent) => unknown>>();
  const logged = new Set<CacheEventType>();

  /** A logger is a listener: what it throws is no caller's affair. */
  function log(event: CacheEvent): void {
    if (!TROUBLE.has(event.type) || logged.has(event.type)) return;
    logged.add(event.type);
    const cause = 'error' in event && event.error instanceof Error ? event.error.message : JSON.stringify(event);
    const message = `millpond: ${event.type}: ${cause} (said once; listen to '${event.type}' for all)`;
    notify(() => logger.warn(message), event);
  }

  return {
    wants: (type) => TROUBLE.has(type) || listeners.has(type) || channelOf(type).hasSubscribers,
    emit(event) {
      log(event);
      // Those that listen now: one that makes another listen does not make it hear this.
      const heard = listeners.get(event.type);
      if (heard !== undefined) for (const listener of Array.from(heard)) notify(listener, event);
      const published = channelOf(event.type);
      if (published.hasSubscribers) published.publish(event);
    },
    on(type, listener) {
      checkListener(type, listener);
      let heard = listeners.get(type);
      if (heard === undefined) listeners.set(type, (heard = new Set()));
      const hear = (event: CacheEvent): unknown => {
        return isType(event, type) ? listener(event) : undefined;
      };
      heard.add(hear);
      return () => {
        if (heard.delete(hear) && heard.size === 0) listeners.delete(type);
      };
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
