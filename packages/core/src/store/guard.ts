import type { Clock } from '../clock.js';
import { inRootContext } from '../context.js';
import { messageOf, storeFailed, storeTimeout, type CacheError } from '../errors/index.js';
import type { CacheEvent } from '../events.js';
import { createBreaker, type Permit } from './breaker.js';
import { coalesce, readBy, type Ask, type Read } from './coalesce.js';
import { withDeadline } from './deadline.js';
import type { StorePort } from './port.js';

/** How long a write is waited for, unless a read is waited for longer. */
const WRITE_DEADLINE = 1000;

/**
 * How a write ended, as far as is known at its deadline. `late` tells the rest: whether it was acknowledged in the end.
 * It may never settle, and never rejects.
 */
export type Sent = 'done' | 'failed' | { readonly late: Promise<boolean> };

/** What stands between the cache and a store: no failure of the store gets past it, and no wait without an end. */
export interface Guard {
  /** Reads of one turn are sent as one; undefined when the store did not answer in time, failed, or is not asked. */
  readonly read: Read;
  /** The same, for one who does not wait: `tell` must not throw. */
  readonly ask: Ask;
  /** Writes; `run` may do several steps, one after another. */
  send(what: string, run: (port: StorePort) => Promise<void>): Promise<Sent>;
  /** True while the store is taken for dead: entries are not sent to it. */
  readonly isDegraded: boolean;
  /** The store has proved that it lives. */
  revived(): void;
  /** From now on nothing is read. */
  stopReading(): void;
  /** Tells a failure as an event. */
  report(error: CacheError): void;
}

/** What a guard needs. */
export interface GuardOptions {
  readonly port: StorePort;
  readonly cache: string;
  readonly clock: Clock;
  readonly readDeadline: number;
  readonly emit: (event: CacheEvent) => void;
  /** While true, a degraded store is not tried by a read: invalidations have to reach it first (hazard 10). */
  readonly owesInvalidations: () => boolean;
}

/** Puts a guard before a store. */
export function createGuard(options: GuardOptions): Guard {
  const { port, cache, clock, readDeadline, emit } = options;
  const writeDeadline = Math.max(WRITE_DEADLINE, readDeadline);
  let reads = true;

  const breaker = createBreaker({
    clock,
    onOpen: () => emit({ type: 'storeDegraded', cache }),
    onClose: () => emit({ type: 'storeRecovered', cache }),
    random: Math.random,
  });

  function report(error: CacheError): void {
    emit({ type: 'storeFailed', cache, error });
  }

  async function readOnce(keys: readonly string[]): Promise<readonly unknown[] | undefined> {
    if (!reads || (breaker.isOpen && options.owesInvalidations())) return undefined;
    const permit = breaker.admit();
    if (permit === undefined) return undefined;
    const answer = readWith(permit, keys);
    // A store that is most likely dead is tried behind the answer: a process that asks seldom tries it with every read.
    return permit.isTrial ? undefined : answer;
  }

  /** Never rejects. */
  async function readWith(permit: Permit, keys: readonly string[]): Promise<readonly unknown[] | undefined> {
    try {
      const reading = port.getMany(keys);
      const answer = await withDeadline(reading, readDeadline, clock, 'awaited');
      if (answer.inTime) {
        permit.succeeded();
        return answer.value;
      }
      void reading.then(
        () => permit.answeredLate(),
        () => undefined,
      );
      report(storeTimeout('read', readDeadline));
    } catch (error) {
      report(storeFailed('read', messageOf(error), error));
    }
    permit.failed();
    return undefined;
  }

  async function send(what: string, run: (port: StorePort) => Promise<void>): Promise<Sent> {
    const work = run(port);
    try {
      const answer = await withDeadline(work, writeDeadline, clock, 'awaited');
      if (answer.inTime) {
        breaker.uncontrolled.succeeded();
        return 'done';
      }
    } catch (error) {
      report(storeFailed(what, messageOf(error), error));
      breaker.uncontrolled.failed();
      return 'failed';
    }
    report(storeTimeout(what, writeDeadline));
    breaker.uncontrolled.failed();
    return {
      late: work.then(
        () => true,
        () => false,
      ),
    };
  }

  const ask = coalesce(readOnce);

  return {
    ask,
    read: readBy(ask),
    // Outside the caller's async context: what never settles must not hold on to a request (hazard 31).
    send: (what, run) => inRootContext(() => send(what, async (to) => run(to))),
    get isDegraded() {
      return breaker.isOpen;
    },
    revived: () => breaker.reset(),
    stopReading() {
      reads = false;
    },
    report,
  };
}
