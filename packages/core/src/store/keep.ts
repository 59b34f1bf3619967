import { encodeBranch, encodeFrame } from '../codec/index.js';
import { CacheError, tooManyTags, uncacheableValue, valueTooLarge } from '../errors/index.js';
import { showKey } from '../key/index.js';
import { confirmed } from './confirm.js';
import { lifeOf } from './examine.js';
import { carriedBy } from './fences.js';
import type { Sent } from './guard.js';
import type { CallToOutdate } from './invalidations.js';
import type { RunToPair } from './pairs.js';
import { longestLife, OLDEST_RUN, type StoreContext } from './store-context.js';
import type { EntryToKeep, StoreFunctionIdentity, TagPairs } from './store-types.js';

/** One entry on its way to the store. */
export interface Keeping extends RunToPair, CallToOutdate {
  readonly identity: StoreFunctionIdentity;
  readonly key: string;
  readonly entry: EntryToKeep;
  /** When the computation ended, in milliseconds since 1970. */
  readonly createdAt: number;
}

/** Entries with more tags are not stored: whoever finds one reads as many tokens. */
const MOST_TAGS = 1000;

/** Whether what a run computed may still be written: nothing has outdated it, and it is not too old (hazard 6). */
export function mayBeKept(context: StoreContext, { run, names }: Pick<Keeping, 'run' | 'names'>): boolean {
  const { guard, tokens, options } = context;
  const isYoung = options.clock.now() - run.startedAt < OLDEST_RUN;
  return run.storable && isYoung && !guard.isDegraded && !run.isOutdated(names, tokens);
}

/** Writes an entry under its pairs, behind the answer; never rejects. `'failed'` also when it was given up. */
export async function writeEntry(
  context: StoreContext,
  keeping: Keeping,
  known: Promise<TagPairs | undefined>,
): Promise<Sent> {
  // The callers get their answers first.
  await new Promise((resolve) => setImmediate(resolve));
  const pairs = await known;
  if (pairs === undefined || !mayBeKept(context, keeping)) return 'failed';
  const text = textOf(context, keeping, pairs);
  if (text === undefined) {
    return context.guard.send('delete an entry', (port) => port.delete(keeping.call.entry));
  }
  const life = Math.ceil(lifeOf(keeping.entry, longestLife(context.options, keeping.identity)));
  const sent = await context.guard.send('keep an entry', (port) => port.set(keeping.call.entry, text, life));
  const end = async (kept: boolean): Promise<boolean> => {
    const stays = await confirmed(context, keeping, pairs, kept);
    if (stays) tellStored(context, keeping, text);
    return stays;
  };
  if (typeof sent === 'object') return { late: sent.late.then(end) };
  await end(sent === 'done');
  return sent;
}

/**
 * Writes what leads to a variant, with every variant anew, so that it outlives all of them. It may come in the place of an entry
 * of a run that had read nothing. It outdates nothing and needs no fences: who follows it finds an entry with its own.
 */
export async function writeBranch(context: StoreContext, keeping: Keeping, input: string): Promise<Sent> {
  await new Promise((resolve) => setImmediate(resolve));
  if (!mayBeKept(context, keeping)) return 'failed';
  const { call, identity } = keeping;
  const text = encodeBranch({ id: call.id, input });
  const life = Math.ceil(longestLife(context.options, identity));
  return context.guard.send('keep an entry', (port) => port.set(call.entry, text, life));
}

/** The text to store; undefined when there is none, or it is too much, which an event tells. */
function textOf(context: StoreContext, keeping: Keeping, pairs: TagPairs): string | undefined {
  const { entry, run, identity } = keeping;
  const { ttl, staleWhileRevalidate, staleIfError, computeMs } = entry;
  try {
    if (pairs.size > MOST_TAGS) throw tooManyTags(identity.shown, pairs.size, MOST_TAGS);
    const payload = entry.encode();
    // A frame of it would take several times the room, and has to have more bytes than this has characters.
    if (payload.length > identity.maxValueBytes) {
      throw valueTooLarge(identity.shown, Buffer.byteLength(payload), identity.maxValueBytes);
    }
    const text = encodeFrame({
      id: keeping.call.id,
      createdAt: keeping.createdAt,
      computeMs,
      ttl,
      staleWhileRevalidate,
      staleIfError,
      fences: carriedBy(run),
      tags: [...pairs],
      effects: entry.effects?.(),
      payload,
    });
    const bytes = Buffer.byteLength(text);
    if (bytes > identity.maxValueBytes) throw valueTooLarge(identity.shown, bytes, identity.maxValueBytes);
    return text;
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
