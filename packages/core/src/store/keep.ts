import { encodeFrame, type Frame } from '../codec/index.js';
import { CacheError, uncacheableValue, valueTooLarge } from '../errors.js';
import { showKey } from '../key/index.js';
import { carriedBy, isAfter, type FenceNames, type RunFences, tokenOf } from './fences.js';
import type { Sent } from './guard.js';
import { lifeOf } from './examine.js';
import type { CallNames } from './names.js';
import { OLDEST_RUN, type StoreContext } from './store-context.js';
import type { EntryToKeep, StoreFunctionIdentity } from './store-types.js';

/** One entry on its way to the store. */
export interface Keeping {
  readonly identity: StoreFunctionIdentity;
  readonly key: string;
  readonly call: CallNames;
  readonly names: FenceNames;
  readonly run: RunFences;
  readonly entry: EntryToKeep;
  /** When the computation ended, in milliseconds since 1970. */
  readonly createdAt: number;
}

/** Whether what a run computed may still be written: nothing has outdated it, and it is not too old (hazard 6). */
export function mayBeKept(context: StoreContext, { run, names }: Pick<Keeping, 'run' | 'names'>): boolean {
  const { guard, tokens, options } = context;
  const isYoung = options.clock.now() - run.startedAt < OLDEST_RUN;
  return run.storable && isYoung && !guard.isDegraded && !run.isOutdated(names, tokens);
}

/** Writes an entry, behind the answer; never rejects. `'failed'` also when it was given up. */
export async function writeEntry(context: StoreContext, keeping: Keeping): Promise<Sent> {
  // The callers get their answers first.
  await new Promise((resolve) => setImmediate(resolve));
  if (!mayBeKept(context, keeping)) return 'failed';
  const tags = await tagTokens(context, keeping);
  if (tags === undefined) return 'failed';
  const text = textOf(context, keeping, tags);
  if (text === undefined) return remove(context, keeping.call);
  if (!mayBeKept(context, keeping)) return 'failed';
  const life = Math.ceil(lifeOf(keeping.entry, context.options.storeTtl));
  const sent = await context.guard.send('keep an entry', (port) => port.set(keeping.call.entry, text, life));
  const end = async (kept: boolean): Promise<boolean> => {
    const stays = await confirmed(context, keeping, kept);
    if (stays) tellStored(context, keeping, text);
    return stays;
  };
  if (typeof sent === 'object') return { late: sent.late.then(end) };
  await end(sent === 'done');
  return sent;
}

/**
 * The tokens of all tags. Those that are known only from the result are read now, and then the token that tells of tag
 * invalidations, in this order: if it has moved since the run began, one of them may be newer than the run (hazard 1).
 * Undefined: do not store.
 */
async function tagTokens(context: StoreContext, { run, entry }: Keeping): Promise<Frame['tags'] | undefined> {
  const { guard, names, tokens } = context;
  const known = [...run.tags];
  const learned = [...new Set(entry.tags)].filter((tag) => !run.tags.has(tag));
  if (learned.length === 0) return known;
  if (run.invalidations === undefined) return undefined;
  const sentAt = tokens.moment();
  const values = await guard.read(learned.map((tag) => names.tag(tag)));
  if (values === undefined) return undefined;
  for (const [place, tag] of learned.entries()) {
    const standing = tokens.standing(names.tag(tag), values[place], sentAt);
    if (standing === 'contested') return undefined;
    const token = standing.token ?? (await tokens.make(names.tag(tag)));
    if (token === undefined) return undefined;
    known.push([tag, token]);
  }
  const askedAt = tokens.moment();
  const [moved] = (await guard.read([names.invalidations])) ?? [];
  return tokenOf(tokens.standing(names.invalidations, moved, askedAt)) === run.invalidations ? known : undefined;
}

/** The text to store; undefined when there is none, or it is too long, which an event tells. */
function textOf(context: StoreContext, keeping: Keeping, tags: Frame['tags']): string | undefined {
  const { entry, run, identity } = keeping;
  const { ttl, staleWhileRevalidate, staleIfError, computeMs } = entry;
  try {
    const text = encodeFrame({
      id: keeping.call.id,
      createdAt: keeping.createdAt,
      computeMs,
      ttl,
      staleWhileRevalidate,
      staleIfError,
      fences: carriedBy(run),
      tags,
      payload: entry.encode(),
    });
    const bytes = Buffer.byteLength(text);
    if (bytes <= identity.maxValueBytes) return text;
    tellNotStored(context, keeping, valueTooLarge(identity.shown, bytes, identity.maxValueBytes));
  } catch (error) {
    const cure = 'It stays in memory only; mend its codec.';
    const told =
      error instanceof CacheError
        ? error
        : uncacheableValue(identity.shown, 'result', 'a value of which no text could be made', cure, error);
    tellNotStored(context, keeping, told);
  }
  return undefined;
}

function tellNotStored({ options }: StoreContext, { identity, key }: Keeping, error: CacheError): void {
  options.emit({ type: 'notStored', cache: options.cache, fn: identity.shown, key: showKey(key), error });
}

function tellStored({ options }: StoreContext, { identity, key }: Keeping, text: string): void {
  if (options.wants?.('stored') !== true) return;
  const bytes = Buffer.byteLength(text);
  options.emit({ type: 'stored', cache: options.cache, fn: identity.shown, key: showKey(key), bytes });
}

/**
 * A delete may have come while the entry was on its way, from any process. It leaves its tombstone first and removes the
 * entry then; the entry was written first and the tombstone is looked for then: so one of the two sees the other, and
 * nothing comes back when the tombstone's life is over.
 */
async function confirmed(context: StoreContext, { call, run }: Keeping, kept: boolean): Promise<boolean> {
  if (!kept) return false;
  const isYoung = context.options.clock.now() - run.startedAt < OLDEST_RUN;
  const sentAt = context.tokens.moment();
  const values = isYoung ? await context.guard.read([call.tombstone]) : undefined;
  const standing = values && context.tokens.standing(call.tombstone, values[0], sentAt);
  if (standing !== undefined && isAfter(run.tombstone, standing)) return true;
  await remove(context, call);
  return false;
}

function remove({ guard }: StoreContext, call: CallNames): Promise<Sent> {
  return guard.send('delete an entry', (port) => port.delete(call.entry));
}
