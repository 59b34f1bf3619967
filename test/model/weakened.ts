import type { Clock } from '@millpond/core';
import { createGuard } from '../../packages/core/src/store/guard.js';
import {
  clearCache,
  clearFunction,
  deleteCall,
  expireCall,
  invalidateTags,
  type CallToOutdate,
} from '../../packages/core/src/store/invalidations.js';
import { cacheNames } from '../../packages/core/src/store/names.js';
import { openPort } from '../../packages/core/src/store/open-port.js';
import { createOutbox, type Invalidation } from '../../packages/core/src/store/outbox.js';
import type { StoreContext } from '../../packages/core/src/store/store-context.js';
import { createStoreFunction } from '../../packages/core/src/store/store-function.js';
import type { StoreFunctionIdentity, StoreTier, StoreTierOptions } from '../../packages/core/src/store/store-types.js';
import { createTokens } from '../../packages/core/src/store/tokens.js';
import { createWriteQueue } from '../../packages/core/src/store/write-queue.js';
import { MARK_LIFE, type Told, type Weakness } from './weaknesses.js';
import type { OpenTier } from './world.js';

const DAY = 86_400_000;
const MEMORY_TTL = 10_000;

/** Opens a second tier of the real parts, of which one is weakened. */
export function openWeakened(weakness: Weakness): OpenTier {
  return (store, clock) => {
    const context = contextOf(openPort(store, clock), clock, weakness);
    const { names, tokens, outbox } = context;
    const post: StoreContext['outbox']['post'] = async (invalidation) => {
      const posted = outbox.post(invalidation);
      return weakness.doesNotWait === true ? 'acknowledged' : posted;
    };
    const weak = (invalidation: Invalidation, told: Omit<Told, 'tokens'>): ReturnType<typeof post> =>
      post(weakness.invalidation?.(invalidation, { ...told, tokens }) ?? invalidation);
    return {
      function(identity) {
        const real = createStoreFunction(context, identity);
        const toOutdate = namesOf(names, identity);
        const { call, fn } = toOutdate;
        return {
          ...(weakness.function?.(real, context) ?? real),
          delete: () => weak(deleteCall(context, toOutdate), { call, fn, keys: [call.tombstone] }),
          expire: () => weak(expireCall(context, toOutdate, clock.wallTime()), { keys: [call.mark] }),
          clear: () => weak(clearFunction(context, fn), { keys: [fn.token] }),
        };
      },
      clear: () => weak(clearCache(context), { keys: [names.cache] }),
      invalidateTags: (tags) =>
        weak(invalidateTags(context, tags), { keys: [names.invalidations, ...tags.map((tag) => names.tag(tag))] }),
      async flush() {
        await context.queue.idle();
        if (!outbox.isEmpty) await outbox.retry();
      },
      close: () => Promise.resolve(),
    } satisfies StoreTier;
  };
}

function namesOf(names: StoreContext['names'], identity: StoreFunctionIdentity): CallToOutdate {
  const fn = names.function(identity.name, identity.version);
  return { fn, call: fn.call('k'), life: MARK_LIFE };
}

/** The parts, as `openStore` puts them together. */
function contextOf(port: ReturnType<typeof openPort>, clock: Clock, weakness: Weakness): StoreContext {
  const options: StoreTierOptions = {
    input: new Map(),
    cache: 'shop',
    cacheVersion: '',
    closeInput: false,
    readDeadline: 50,
    storeTtl: 30 * DAY,
    memoryTtl: MEMORY_TTL,
    closeTimeout: MEMORY_TTL,
    clock,
    emit: () => undefined,
  };
  const { cache, emit, memoryTtl } = options;
  const owesInvalidations = (): boolean => !outbox.isEmpty;
  const real = createGuard({ port, cache, clock, emit, readDeadline: options.readDeadline, owesInvalidations });
  const guard = weakness.guard?.(real) ?? real;
  const tokenTtl = 2 * options.storeTtl;
  const plain = createTokens({ guard, clock, memoryTtl, tokenTtl });
  const tokens = weakness.tokens?.(plain, guard) ?? plain;
  const outbox = createOutbox({ guard, clock, cache, emit, widen: () => clearCache({ names, tokens, tokenTtl }) });
  const names = cacheNames(cache, '');
  const queue = createWriteQueue({ atOnce: 16, most: 1000, onDropped: () => undefined });
  return { options, names, guard, tokens, queue, outbox, tokenTtl, isOpen: () => true };
}
