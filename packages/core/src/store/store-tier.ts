import { messageOf, storeFailed } from '../errors/index.js';
import { withDeadline } from './deadline.js';
import { createGuard } from './guard.js';
import { clearCache, invalidateTags, widerThan } from './invalidations.js';
import { cacheNames } from './names.js';
import { openPort } from './open-port.js';
import { createOutbox, type Outbox } from './outbox.js';
import type { StoreContext } from './store-context.js';
import { createStoreFunction } from './store-function.js';
import type { StoreTier, StoreTierOptions } from './store-types.js';
import { createTokens } from './tokens.js';
import { createWriteQueue } from './write-queue.js';

/** Entries that are written at once, and that may wait for it; beyond, writes are dropped with an event. */
const WRITES_AT_ONCE = 16;
const MOST_WRITES = 1000;

/** What is left for letting go when draining has used up the time. */
const LEAST_TO_LET_GO = 100;

/** Opens the second tier of a cache: the store behind its guard. Nothing is asked of the store yet. */
export function openStore(options: StoreTierOptions): StoreTier {
  const { cache, clock, emit } = options;
  const port = openPort(options.input, clock, {
    swept: (what) => emit({ type: 'storeSwept', cache, ...what }),
    failed: (operation, error) => guard.report(storeFailed(operation, messageOf(error), error)),
  });
  const names = cacheNames(cache, options.cacheVersion);
  let isOpen = true;
  let closed: Promise<void> | undefined;

  const guard = createGuard({
    port,
    cache,
    clock,
    emit,
    readDeadline: options.readDeadline,
    owesInvalidations: () => !outbox.isEmpty,
  });
  const tokenTtl = Math.ceil(2 * options.storeTtl);
  const tokens = createTokens({ guard, clock, memoryTtl: options.memoryTtl, tokenTtl });
  const shared = { names, tokens, tokenTtl };
  const outbox: Outbox = createOutbox({ guard, clock, cache, emit, widen: (group) => widerThan(shared, group) });
  const queue = createWriteQueue({
    atOnce: port.writesAtOnce ?? WRITES_AT_ONCE,
    most: MOST_WRITES,
    onDropped: (count) => emit({ type: 'writesDropped', cache, count }),
  });
  port.opened?.catch((error: unknown) => guard.report(storeFailed('open', messageOf(error), error)));
  const context: StoreContext = { ...shared, options, guard, queue, outbox, isOpen: () => isOpen };

  async function flush(): Promise<void> {
    await queue.idle();
    if (!outbox.isEmpty) await outbox.retry();
  }

  async function close(): Promise<void> {
    const end = clock.now() + options.closeTimeout;
    isOpen = false;
    await withDeadline(flush(), options.closeTimeout, clock, 'awaited');
    guard.stopReading();
    const lost = outbox.stop();
    if (lost > 0) {
      const error = storeFailed('acknowledge invalidations before it was closed', `${lost} are lost to it`);
      emit({ type: 'invalidationPending', cache, error });
    }
    await letGo(Math.max(LEAST_TO_LET_GO, end - clock.now()));
  }

  async function letGo(within: number): Promise<void> {
    const disconnect = options.closeInput;
    try {
      const gone = await withDeadline(port.close({ disconnect, force: false }), within, clock, 'awaited');
      if (!gone.inTime) await withDeadline(port.close({ disconnect, force: true }), LEAST_TO_LET_GO, clock, 'awaited');
    } catch (error) {
      guard.report(storeFailed('close', messageOf(error), error));
    }
  }

  return {
    function: (identity) => createStoreFunction(context, identity),
    clear: () => outbox.post(clearCache(shared)),
    async invalidateTags(tags) {
      const distinct = [...new Set(tags)].sort();
      return distinct.length === 0 ? 'acknowledged' : outbox.post(invalidateTags(shared, distinct));
    },
    flush,
    close: () => (closed ??= close()),
  };
}
