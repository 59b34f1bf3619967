import type { Clock } from '@millpond/core';
import { createGuard, type Guard } from '../../packages/core/src/store/guard.js';
import { deleteCall, clearCache, clearFunction, invalidateTags } from '../../packages/core/src/store/invalidations.js';
import type { Invalidation } from '../../packages/core/src/store/outbox.js';
import { cacheNames, type CallNames, type FunctionNames } from '../../packages/core/src/store/names.js';
import { openPort } from '../../packages/core/src/store/open-port.js';
import { createOutbox } from '../../packages/core/src/store/outbox.js';
import { TOMBSTONE_LIFE, type StoreContext } from '../../packages/core/src/store/store-context.js';
import { createStoreFunction } from '../../packages/core/src/store/store-function.js';
import type { StoreFunction, StoreTier, StoreTierOptions } from '../../packages/core/src/store/store-types.js';
import { createTokens, type Tokens } from '../../packages/core/src/store/tokens.js';
import { createWriteQueue } from '../../packages/core/src/store/write-queue.js';
import type { OpenTier } from './world.js';

/** One rule of the protocol that is not kept. Each part gets the real one, and gives back what is used instead. */
export interface Weakness {
  readonly guard?: (guard: Guard) => Guard;
  readonly tokens?: (tokens: Tokens, guard: Guard) => Tokens;
  readonly function?: (fn: StoreFunction) => StoreFunction;
  readonly invalidation?: (real: Invalidation, told: Told) => Invalidation;
  /** Says `'acknowledged'` at once. */
  readonly doesNotWait?: boolean;
}

/** What an invalidation is about. */
export interface Told {
  readonly tokens: Tokens;
  readonly call?: CallNames;
  /** Keys of the tokens that are replaced, the one that tells of tag invalidations first. */
  readonly keys: readonly string[];
}

const DAY = 86_400_000;
const MEMORY_TTL = 10_000;
const IDENTITY = { name: 'getUser', version: 'v1', shown: 'getUser', maxValueBytes: 2 ** 24 };

/** Opens a second tier of the real parts, of which one is weakened. */
export function openWeakened(weakness: Weakness): OpenTier {
  return (store, clock) => {
    const context = contextOf(openPort(store, clock), clock, weakness);
    const { names, tokens, outbox } = context;
    const [fn, call] = namesOf(names);
    const real = createStoreFunction(context, IDENTITY);
    const base = weakness.function?.(real) ?? real;
    const post: StoreContext['outbox']['post'] = async (invalidation) => {
      const posted = outbox.post(invalidation);
      return weakness.doesNotWait === true ? 'acknowledged' : posted;
    };
    const weak = (invalidation: Invalidation, told: Omit<Told, 'tokens'>): ReturnType<typeof post> =>
      post(weakness.invalidation?.(invalidation, { ...told, tokens }) ?? invalidation);
    return {
      function: () => ({
        ...base,
        delete: () => weak(deleteCall(context, fn, call), { call, keys: [call.tombstone] }),
        clear: () => weak(clearFunction(context, fn), { keys: [fn.token] }),
      }),
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

function namesOf(names: StoreContext['names']): [FunctionNames, CallNames] {
  const fn = names.function(IDENTITY.name, IDENTITY.version);
  return [fn, fn.call('k')];
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

const isTag = (key: string): boolean => key.includes('/t/');
const isInvalidations = (key: string): boolean => key.endsWith('/i');
const isTombstone = (key: string): boolean => key.includes('/d/');

/** Changes what a guard reads. */
function reading(change: (read: Guard['read']) => Guard['read']): (guard: Guard) => Guard {
  return (guard) => ({ ...guard, isDegraded: false, read: change(guard.read) });
}

/** Every rule, as what happens without it. */
export const WEAKNESSES = {
  'an invalidation does not wait for the acknowledgement': { doesNotWait: true },
  'a missing token is written behind the run': {
    tokens: (tokens, guard) => ({
      ...tokens,
      async make(name) {
        const token = freshToken(tokens, name);
        void guard.send('make a token', (port) => port.set(name, token, DAY));
        return token;
      },
    }),
  },
  'an entry carries the tokens of when it is kept, not of when its run began': {
    function: (fn) => ({
      ...fn,
      async keep(key, _, entry) {
        await fn.keep(key, await fn.begin(key, []), entry);
      },
    }),
  },
  'a delete leaves no tombstone': {
    invalidation: (real, { call }) =>
      call === undefined ? real : { ...real, send: (port) => port.delete(call.entry) },
  },
  'a delete leaves its tombstone after it has removed the entry': {
    invalidation: (real, { call, tokens }) =>
      call === undefined
        ? real
        : {
            ...real,
            async send(port) {
              await port.delete(call.entry);
              await write(tokens, call.tombstone, (token) => port.set(call.tombstone, token, TOMBSTONE_LIFE));
            },
          },
  },
  'a delete removes no entry': {
    invalidation: (real, { call, tokens }) =>
      call === undefined
        ? real
        : {
            ...real,
            send: (port) => write(tokens, call.tombstone, (token) => port.set(call.tombstone, token, TOMBSTONE_LIFE)),
          },
  },
  'nobody looks for a tombstone when an entry was written': {
    guard: reading((read) => (keys) => {
      const [only] = keys;
      return keys.length === 1 && only !== undefined && isTombstone(only) ? Promise.resolve([undefined]) : read(keys);
    }),
  },
  'a run with tags of its result does not look whether tags were invalidated': {
    guard: reading((read) => {
      let first: unknown;
      return async (keys) => {
        const values = await read(keys);
        const place = keys.findIndex(isInvalidations);
        if (keys.length > 1 && place >= 0) first = values?.[place];
        return keys.length === 1 && place === 0 ? [first] : values;
      };
    }),
  },
  'a run looks whether tags were invalidated before it reads the tokens of its tags': {
    guard: reading((read) => {
      let early: readonly unknown[] | undefined;
      return async (keys) => {
        const last = keys.length === 1 && keys.some(isInvalidations);
        if (last && early !== undefined) return early;
        const [tag] = keys;
        const root = keys.every(isTag) ? tag?.split('/t/')[0] : undefined;
        if (root !== undefined) early = await read([`${root}/i`]);
        return read(keys);
      };
    }),
  },
  'an invalidation of tags replaces the tags first, and then tells': {
    invalidation: (real, { call, keys, tokens }) =>
      call !== undefined || keys.length === 1
        ? real
        : {
            ...real,
            async send(port) {
              for (const key of [...keys.slice(1), ...keys.slice(0, 1)])
                await write(tokens, key, (token) => port.set(key, token, DAY));
            },
          },
  },
  'an invalidation of tags does not wait, after it has told, until the store has that': {
    invalidation: (real, { call, keys, tokens }) =>
      call !== undefined || keys.length === 1
        ? real
        : {
            ...real,
            async send(port) {
              await Promise.all(keys.map((key) => write(tokens, key, (token) => port.set(key, token, DAY))));
            },
          },
  },
  'an invalidation that is sent again brings the same token': {
    invalidation(real, { call, keys: [key], tokens }) {
      if (call !== undefined || key === undefined) return real;
      const token = tokens.replace(key);
      return {
        ...real,
        async send(port) {
          await port.set(key, token, DAY);
          tokens.acknowledged(key, token);
        },
      };
    },
  },
  'a process does not remember what it has invalidated itself': {
    tokens: (tokens) => ({ ...tokens, replace: (name) => forgotten(tokens, name), acknowledged: () => undefined }),
  },
} satisfies Readonly<Record<string, Weakness>>;

/** The name of a rule that can be left out. */
export type WeaknessName = keyof typeof WEAKNESSES;

async function write(tokens: Tokens, key: string, set: (token: string) => Promise<void>): Promise<void> {
  const token = tokens.replace(key);
  await set(token);
  tokens.acknowledged(key, token);
}

/** A new token that nobody goes by yet. */
function freshToken(tokens: Tokens, name: string): string {
  return forgotten(tokens, `${name} to be`);
}

function forgotten(tokens: Tokens, name: string): string {
  const token = tokens.replace(name);
  tokens.forget(name);
  return token;
}
