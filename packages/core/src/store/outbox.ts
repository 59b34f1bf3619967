import type { Clock, Timer } from '../clock.js';
import { inRootContext } from '../context.js';
import { storeFailed } from '../errors/index.js';
import type { CacheEvent } from '../events.js';
import type { Guard } from './guard.js';
import type { StorePort } from './port.js';
import type { Acknowledgement } from './store-types.js';

/** More that wait in one group than this become one wider invalidation (hazard 11). */
const MOST_IN_GROUP = 1000;
/** How many are sent at once when the store lives again. */
const AT_ONCE = 32;
const FIRST_PAUSE = 250;
/** As short as that of the breaker: the store is not read before they are through. */
const LONGEST_PAUSE = 1000;

/** Something that must reach the store, sooner or later. */
export interface Invalidation {
  /** What it outdates: a newer one takes the place of an older one that still waits. */
  readonly subject: string;
  /** Those of one group can be replaced by one wider invalidation; undefined for the widest. */
  readonly group: string | undefined;
  /** How many subjects of its group it counts for. */
  readonly weight: number;
  /** Sends it; called again, with new tokens, until it is acknowledged. */
  readonly send: (port: StorePort) => Promise<void>;
  /** Called when a wider one took its place. */
  readonly replaced: () => void;
  /** Whether no event tells that it waits, nor that it was lost: nobody has asked for it. */
  readonly isSilent?: boolean;
}

/** The invalidations that the store has not acknowledged yet: none is dropped, and all are tried until they succeed. */
export interface Outbox {
  /** Sends, and says whether the store acknowledged in time; if not, it is tried in the background. */
  post(invalidation: Invalidation): Promise<Acknowledgement>;
  readonly isEmpty: boolean;
  /** Tries those that wait once more. */
  retry(): Promise<void>;
  /** Gives up; says how many of those that somebody asked for had not reached the store. */
  stop(): number;
}

/** What an outbox needs. */
export interface OutboxOptions {
  readonly guard: Guard;
  readonly clock: Clock;
  readonly cache: string;
  readonly emit: (event: CacheEvent) => void;
  /** The wider invalidation that stands for all of a group. */
  readonly widen: (group: string) => Invalidation;
}

interface Item extends Invalidation {
  /** An attempt is under way and has not passed its deadline. */
  busy: boolean;
  /** An attempt has failed, and an event has told so: it is tried in the background. */
  late: boolean;
}

/** Makes an empty outbox. */
export function createOutbox(options: OutboxOptions): Outbox {
  const { guard, clock } = options;
  const waiting = new Map<string, Item>();
  /** How much is late in each group. */
  const late = new Map<string | undefined, number>();
  let timer: Timer | undefined;
  let round: Promise<void> | undefined;
  let pause = FIRST_PAUSE;
  let stopped = false;

  function weigh(group: string | undefined, weight: number): number {
    const sum = (late.get(group) ?? 0) + weight;
    if (sum > 0) late.set(group, sum);
    else late.delete(group);
    return sum;
  }

  function add(invalidation: Invalidation): Item {
    const older = waiting.get(invalidation.subject);
    if (older !== undefined) remove(older);
    const item = { ...invalidation, busy: false, late: false };
    waiting.set(item.subject, item);
    return item;
  }

  function remove(item: Item): boolean {
    if (waiting.get(item.subject) !== item) return false;
    waiting.delete(item.subject);
    if (item.late) weigh(item.group, -item.weight);
    return true;
  }

  function landed(item: Item): void {
    remove(item);
    if (waiting.size === 0) guard.revived();
    else if (late.size > 0) wake(0);
  }

  async function attempt(item: Item): Promise<boolean> {
    item.busy = true;
    const sent = await guard.send('acknowledge an invalidation', item.send);
    item.busy = false;
    if (sent === 'done') {
      landed(item);
      return true;
    }
    if (sent !== 'failed') void sent.late.then((acknowledged) => acknowledged && landed(item));
    return false;
  }

  /** From now on it is the outbox that cares for this one. */
  function keepTrying(item: Item): void {
    if (waiting.get(item.subject) !== item) return;
    item.late = true;
    if (item.isSilent !== true) tellPending();
    if (weigh(item.group, item.weight) > MOST_IN_GROUP && item.group !== undefined) widen(item.group);
    if (timer === undefined) wake(spread(pause));
  }

  function tellPending(): void {
    const error = storeFailed(
      'acknowledge an invalidation',
      'it holds in this process, and is tried until it succeeds',
    );
    options.emit({ type: 'invalidationPending', cache: options.cache, error });
  }

  function widen(group: string): void {
    for (const item of waiting.values()) if (item.late && item.group === group && remove(item)) item.replaced();
    keepTrying(add(options.widen(group)));
  }

  function wake(after: number): void {
    if (stopped || round !== undefined || waiting.size === 0) return;
    timer?.cancel();
    timer = clock.setTimer(() => void retry(), after, 'background');
  }

  /** One goes first; when it gets through, the others follow. Says whether all did. */
  async function sendWaiting(): Promise<boolean> {
    let items = [...waiting.values()].filter((item) => !item.busy);
    for (let size = 1; items.length > 0; size = AT_ONCE) {
      const results = await Promise.all(items.slice(0, size).map(attempt));
      if (stopped || results.includes(false)) return false;
      items = items.slice(size);
    }
    return true;
  }

  async function runRound(): Promise<void> {
    const through = await sendWaiting();
    pause = through ? FIRST_PAUSE : Math.min(pause * 2, LONGEST_PAUSE);
    round = undefined;
    wake(spread(pause));
  }

  function retry(): Promise<void> {
    timer?.cancel();
    timer = undefined;
    return (round ??= runRound());
  }

  async function post(invalidation: Invalidation): Promise<Acknowledgement> {
    if (stopped) return 'pending';
    const item = add(invalidation);
    // A store that is taken for dead is not waited for, and tried by one operation at a time.
    if (!guard.isDegraded && (await attempt(item))) return 'acknowledged';
    keepTrying(item);
    return 'pending';
  }

  return {
    // Outside the caller's async context: one that is late must not hold on to a request (hazard 31).
    post: (invalidation) => inRootContext(() => post(invalidation)),
    get isEmpty() {
      return waiting.size === 0;
    },
    retry,
    stop() {
      stopped = true;
      timer?.cancel();
      return [...waiting.values()].filter(({ isSilent }) => isSilent !== true).length;
    },
  };
}

/** Spreads the tries of many processes. */
function spread(pause: number): number {
  return pause * (0.5 + Math.random());
}
