import { takeNote } from './call-fences.js';
import type { CallNames, FunctionNames } from './names.js';
import type { Invalidation } from './outbox.js';
import type { StoreContext } from './store-context.js';
import { newMark, newToken } from './tokens.js';

type Shared = Pick<StoreContext, 'names' | 'tokens' | 'tokenTtl'>;

/** The group of all tag invalidations. */
const TAGS = 'tags';

/** Outdates everything: one token. It holds in this process when this returns; sending it is the outbox's work. */
export function clearCache(shared: Shared): Invalidation {
  return replaceToken(shared, shared.names.cache, shared.names.entries);
}

/** Outdates every entry of one function: one token. */
export function clearFunction(shared: Shared, fn: FunctionNames): Invalidation {
  return replaceToken(shared, fn.token, fn.entries);
}

/** One call, and how long its tombstone and its mark live, in milliseconds. */
export interface CallToOutdate {
  readonly fn: FunctionNames;
  readonly call: CallNames;
  readonly life: number;
}

/**
 * Outdates one call: a tombstone for those under way, then the entry itself goes. With the tombstone comes the token that
 * tells of deletes: a run notices by it that there was one, should the store lose the tombstone.
 */
export function deleteCall({ tokens, tokenTtl }: Shared, { fn, call, life }: CallToOutdate): Invalidation {
  tokens.replace(call.tombstone);
  return {
    subject: call.tombstone,
    group: fn.token,
    weight: 1,
    async send(port) {
      const token = tokens.replace(call.tombstone);
      await Promise.all([
        port.set(call.deletes, newToken(), tokenTtl),
        port.set(call.tombstone, token, life),
        takeNote(port, fn, tokenTtl),
      ]);
      tokens.acknowledged(call.tombstone, token);
      // After the tombstone: whoever writes later finds it (and takes back what it wrote), whoever wrote earlier is undone.
      await port.delete(call.entry);
    },
    replaced: () => tokens.forget(call.tombstone),
  };
}

/** Marks one call as expired since `instant` (milliseconds since 1970), however often it has to be sent. */
export function expireCall(
  { tokens, tokenTtl }: Shared,
  { fn, call, life }: CallToOutdate,
  instant: number,
): Invalidation {
  const mark = (): string => newMark(instant);
  tokens.replace(call.mark, mark);
  return {
    subject: call.mark,
    group: fn.token,
    weight: 1,
    async send(port) {
      const token = tokens.replace(call.mark, mark);
      await Promise.all([port.set(call.mark, token, life), takeNote(port, fn, tokenTtl)]);
      tokens.acknowledged(call.mark, token);
    },
    replaced: () => tokens.forget(call.mark),
  };
}

/**
 * Takes back an entry that came after a delete. `unclear`: it is not known whether one came, so the call is deleted, and
 * later runs carry a tombstone. Nobody has asked for this: it is tried like an invalidation, and told as none.
 */
export function takeBack(
  { tokens, tokenTtl }: Shared,
  { fn, call, life }: CallToOutdate,
  unclear: boolean,
): Invalidation {
  return {
    subject: unclear ? `${call.entry} and ${call.tombstone}` : call.entry,
    group: fn.token,
    weight: 1,
    isSilent: true,
    async send(port) {
      if (unclear) {
        const token = tokens.replace(call.tombstone);
        await Promise.all([port.set(call.tombstone, token, life), takeNote(port, fn, tokenTtl)]);
        tokens.acknowledged(call.tombstone, token);
      }
      await port.delete(call.entry);
    },
    replaced() {
      if (unclear) tokens.forget(call.tombstone);
    },
  };
}

/**
 * Outdates what carries one of the tags. First the token that tells of tag invalidations, and only when it is
 * acknowledged the tags: so a run that learns its tags from its result notices (hazard 1).
 */
export function invalidateTags(shared: Shared, tags: readonly string[]): Invalidation {
  const { names, tokens, tokenTtl } = shared;
  const keys = tags.map((tag) => names.tag(tag));
  for (const key of [names.invalidations, ...keys]) tokens.replace(key);
  return {
    subject: `${TAGS} ${JSON.stringify(tags)}`,
    group: TAGS,
    weight: tags.length,
    async send(port) {
      const write = async (key: string): Promise<void> => {
        const token = tokens.replace(key);
        await port.set(key, token, tokenTtl);
        tokens.acknowledged(key, token);
      };
      await write(names.invalidations);
      await Promise.all(keys.map(write));
    },
    replaced() {
      for (const key of [names.invalidations, ...keys]) tokens.forget(key);
    },
  };
}

/** The one invalidation that stands for all of a group (hazard 11): of the cache for tags, else of the function. */
export function widerThan(shared: Shared, group: string): Invalidation {
  return replaceToken(shared, group === TAGS ? shared.names.cache : group);
}

/** `outdated`: what the keys begin with of all that it outdates, which goes where a store can list it. */
function replaceToken({ tokens, tokenTtl }: Shared, name: string, outdated?: string): Invalidation {
  tokens.replace(name);
  return {
    subject: name,
    group: undefined,
    weight: 1,
    async send(port) {
      const token = tokens.replace(name);
      await port.set(name, token, tokenTtl);
      tokens.acknowledged(name, token);
      if (outdated !== undefined) port.drop?.(outdated);
    },
    replaced: () => tokens.forget(name),
  };
}
