import { takeNote } from '../../packages/core/src/store/call-fences.js';
import { RunFences } from '../../packages/core/src/store/fences.js';
import type { Guard } from '../../packages/core/src/store/guard.js';
import type { CallNames, FunctionNames } from '../../packages/core/src/store/names.js';
import type { Invalidation } from '../../packages/core/src/store/outbox.js';
import type { StorePort } from '../../packages/core/src/store/port.js';
import type { StoreContext } from '../../packages/core/src/store/store-context.js';
import type { StoreFunction, TagPairs } from '../../packages/core/src/store/store-types.js';
import { asToken, newToken, type Tokens } from '../../packages/core/src/store/tokens.js';

/** One rule of the protocol that is not kept. Each part gets the real one, and gives back what is used instead. */
export interface Weakness {
  readonly guard?: (guard: Guard) => Guard;
  readonly tokens?: (tokens: Tokens, guard: Guard) => Tokens;
  readonly function?: (fn: StoreFunction, context: StoreContext) => StoreFunction;
  readonly invalidation?: (real: Invalidation, told: Told) => Invalidation;
  /** Says `'acknowledged'` at once. */
  readonly doesNotWait?: boolean;
}

/** What an invalidation is about. */
export interface Told {
  readonly tokens: Tokens;
  readonly call?: CallNames;
  readonly fn?: FunctionNames;
  /** Keys of the tokens that are replaced, the one that tells of tag invalidations first. */
  readonly keys: readonly string[];
}

const DAY = 86_400_000;
const HOUR = 3_600_000;
/** How long tombstones and marks live in the model. */
export const MARK_LIFE: number = 30 * DAY + HOUR;

const isTag = (key: string): boolean => key.includes('/t/');
const isInvalidations = (key: string): boolean => key.endsWith('/i');
const isTombstone = (key: string): boolean => key.includes('/d/');

/** Changes what a guard reads. */
function reading(change: (read: Guard['read']) => Guard['read']): (guard: Guard) => Guard {
  return (guard) => {
    const read = change(guard.read);
    let reading = 0;
    const ask: Guard['ask'] = (own, shared, asker) => {
      const keys = own === undefined ? shared : [own, ...shared];
      const told = (values: Awaited<ReturnType<Guard['read']>>): void =>
        asker.told(
          values && { get: (key) => values[keys.indexOf(key)], at: (place) => values[place], reading: --reading },
          0,
        );
      void read(keys).then(told);
    };
    return { ...guard, isDegraded: false, read, ask };
  };
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
        return fn.keep(key, await fn.begin(key, []), entry);
      },
    }),
  },
  'a delete leaves no tombstone': {
    invalidation: (real, { call }) =>
      call === undefined ? real : { ...real, send: (port) => port.delete(call.entry) },
  },
  'a delete does not note that there are deletes': {
    invalidation: changingDelete(async (port, { call, setTombstone }) => {
      await Promise.all([port.set(call.deletes, newToken(), DAY), setTombstone(MARK_LIFE)]);
      await port.delete(call.entry);
    }),
  },
  'a tombstone lives for an hour, however long entries live': {
    invalidation: changingDelete(async (port, { call, setTombstone, note }) => {
      await Promise.all([note(), port.set(call.deletes, newToken(), DAY), setTombstone(HOUR)]);
      await port.delete(call.entry);
    }),
  },
  'a delete leaves its tombstone after it has removed the entry': {
    invalidation: changingDelete(async (port, { call, setTombstone, note }) => {
      await port.delete(call.entry);
      await Promise.all([note(), port.set(call.deletes, newToken(), DAY), setTombstone(MARK_LIFE)]);
    }),
  },
  'a delete removes no entry': {
    invalidation: changingDelete(async (port, { call, setTombstone, note }) => {
      await Promise.all([note(), port.set(call.deletes, newToken(), DAY), setTombstone(MARK_LIFE)]);
    }),
  },
  'a delete does not replace the token that tells of deletes': {
    invalidation: changingDelete(async (port, { call, setTombstone, note }) => {
      await Promise.all([note(), setTombstone(MARK_LIFE)]);
      await port.delete(call.entry);
    }),
  },
  'nobody looks for a delete when an entry was written': {
    guard: reading((read) => {
      const before = new Map<string, unknown>();
      return async (keys) => {
        if (keys.slice(0, 1).some(isTombstone)) return keys.map((key) => before.get(key));
        const values = await read(keys);
        for (const [place, key] of keys.entries()) before.set(key, values?.[place]);
        return values;
      };
    }),
  },
  'what came after a delete is taken back only once': {
    guard: (guard): Guard => ({
      ...guard,
      send: async (what, run) => {
        let setsMore = false;
        const sent = await guard.send(what, async (port) => {
          const set = async (key: string, text: string, life: number): Promise<void> => {
            setsMore ||= !isTombstone(key);
            await port.set(key, text, life);
          };
          await run({ ...port, set });
        });
        return sent === 'failed' && !setsMore ? 'done' : sent;
      },
    }),
  },
  'a run takes note of the mark of its call when it ends': {
    function: (fn) => ({
      ...fn,
      async keep(key, begun, entry) {
        const later = await fn.begin(key, []);
        if (!(later instanceof RunFences) || !(begun instanceof RunFences)) return undefined;
        return fn.keep(key, withFence(begun, { mark: later.mark }), entry);
      },
    }),
  },
  'an outer entry carries the tokens of now of the tags that it inherits': {
    function: (fn, { guard, names }) => ({
      ...fn,
      async keep(key, begun, entry) {
        const now = async (pairs: TagPairs | Promise<TagPairs | undefined>): Promise<TagPairs> => {
          const tags = [...((await pairs) ?? new Map<string, string>()).keys()];
          const read = tags.length === 0 ? [] : await guard.read(tags.map((tag) => names.tag(tag)));
          return new Map(tags.map((tag, place) => [tag, asToken(read?.[place]) ?? '']));
        };
        return fn.keep(key, begun, { ...entry, inherited: entry.inherited.map(now) });
      },
    }),
  },
  'of two tokens of a tag, an outer entry carries the one that its own run noted': {
    function: (fn) => ({
      ...fn,
      keep(key, begun, entry) {
        const noted = begun instanceof RunFences ? begun.tags : new Map<string, string>();
        const others = async (pairs: TagPairs | Promise<TagPairs | undefined>): Promise<TagPairs> =>
          new Map([...((await pairs) ?? [])].filter(([tag]) => !noted.has(tag)));
        return fn.keep(key, begun, { ...entry, inherited: entry.inherited.map(others) });
      },
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

/** What a delete that is not as it should be works with. */
interface WeakDelete {
  readonly call: CallNames;
  readonly setTombstone: (life: number) => Promise<void>;
  readonly note: () => Promise<void>;
}

/** Changes what a delete sends. */
function changingDelete(
  send: (port: StorePort, weak: WeakDelete) => Promise<void>,
): (real: Invalidation, told: Told) => Invalidation {
  return (real, { call, fn, tokens }) => {
    if (call === undefined || fn === undefined) return real;
    return {
      ...real,
      send(port) {
        const setTombstone = (life: number): Promise<void> =>
          write(tokens, call.tombstone, (token) => port.set(call.tombstone, token, life));
        return send(port, { call, setTombstone, note: () => takeNote(port, fn, DAY) });
      },
    };
  };
}

/** The fences of a run, but for one. */
function withFence(run: RunFences, changed: Partial<RunFences>): RunFences {
  const fences: RunFences = Object.create(RunFences.prototype);
  return Object.assign(fences, run, changed);
}

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
