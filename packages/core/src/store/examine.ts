import { decodeFrame, type DecodedFrame, type Frame, type FrameFault } from '../codec/index.js';
import type { CallFences } from './call-fences.js';
import { brokenFence, brokenTag, cacheTokenOf, expiredAt, standings, type FenceNames } from './fences.js';
import type { Stored } from './coalesce.js';
import type { CallNames } from './names.js';
import type { StoreContext } from './store-context.js';
import type { BrokenFence, StoredEntry } from './store-types.js';

/** What is the same for all calls of a function. */
export interface FunctionToExamine {
  readonly callFences: CallFences;
  /** The longest that an entry of the function is served, in milliseconds. */
  readonly longestLife: number;
  /** Told when the store holds something else than an entry of a call. */
  damaged(key: string, call: CallNames, why: string): void;
}

/** Which call is meant. */
export interface CallToExamine {
  readonly key: string;
  readonly call: CallNames;
  readonly names: FenceNames;
  readonly fn: FunctionToExamine;
}

/** What was read at once for one call. */
export interface Answer {
  readonly startedAt: number;
  /** When the read was sent, as the tokens count. */
  readonly sentAt: number;
  readonly stored: Stored;
}

/** What the store has for a call, after every check. */
export type Examined =
  | { readonly state: 'none' }
  | { readonly state: 'down' }
  /** Its results vary by an input, and are under longer keys. */
  | { readonly state: 'branch'; readonly input: string }
  | { readonly state: 'damaged'; readonly why: string }
  /** Intact, of this call, and not outdated. */
  | { readonly state: 'found'; readonly entry: StoredEntry }
  /** Past its stale windows, whatever its fences say. */
  | { readonly state: 'expired'; readonly entry: StoredEntry }
  | { readonly state: 'invalidated'; readonly entry: StoredEntry; readonly by: BrokenFence };

/** Reads keys at once, and has told what was read: undefined when the store does not answer in time. */
function ask(
  { guard, tokens, options }: StoreContext,
  keys: readonly string[],
  tell: (answer: Answer | undefined) => void,
): void {
  const startedAt = options.clock.now();
  const sentAt = tokens.moment();
  guard.ask(keys, (stored) => tell(stored && { startedAt, sentAt, stored }));
}

/** The same for one who waits. */
export function read(context: StoreContext, keys: readonly string[]): Promise<Answer | undefined> {
  return new Promise((resolve) => ask(context, keys, resolve));
}

/** Reads a call's entry and its fences; those of the call alone only where there may be some. `tell` must not throw. */
export function readCall(context: StoreContext, to: CallToExamine, tell: (answer: Answer | undefined) => void): void {
  const { call, names, fn } = to;
  const { note, needed } = names.shared;
  const readsAll = fn.callFences.areKnown;
  const keys = readsAll ? [call.entry, note, ...needed, ...names.ofCall()] : [call.entry, note, ...needed];
  ask(context, keys, (answer) => {
    if (answer === undefined) return tell(answer);
    fn.callFences.saw(answer.stored.get(note));
    // The first look-up that finds the note reads all anew, of one moment; the next ones know.
    if (readsAll || !fn.callFences.areKnown) tell(answer);
    else readCall(context, to, tell);
  });
}

/**
 * Judges what was read for a call, and asks for the tags that only the entry tells of. Changes nothing. Nearly all is known
 * at once, and then it is told at once.
 */
export function examine(
  context: StoreContext,
  { call, names, fn }: CallToExamine,
  answer: Answer,
): Examined | Promise<Examined> {
  const stored = answer.stored.get(call.entry);
  if (stored === undefined) return { state: 'none' };
  const decoded = decodeFrame(stored);
  const { frame } = decoded;
  if (frame?.id !== call.id) return instead(decoded, call);
  const since = (instant: number): number => Math.max(0, context.options.clock.wallTime() - instant);
  const stands = standings(context.tokens, answer.stored, answer.sentAt);
  const marked = expiredAt(frame, names, stands, context.tokens);
  const age = since(frame.createdAt);
  const entry = entryOf(frame, age, marked === undefined ? undefined : since(marked));
  if (age >= lifeOf(frame, fn.longestLife)) return { state: 'expired', entry };
  const broken = (): BrokenFence | undefined => brokenFence(frame, names, stands);
  const by = broken();
  if (by !== undefined) return { state: 'invalidated', entry, by };
  const learned = frame.tags.length === 0 ? frame.tags : frame.tags.filter(([tag]) => !names.shared.tags.has(tag));
  return learned.length === 0 ? { state: 'found', entry } : examineTags(context, learned, entry, broken);
}

async function examineTags(
  context: StoreContext,
  learned: Frame['tags'],
  entry: StoredEntry,
  broken: () => BrokenFence | undefined,
): Promise<Examined> {
  const tagsOnly = await brokenAmong(context, learned);
  if (tagsOnly === 'down') return { state: 'down' };
  // What this process has invalidated while these were read counts too.
  const meanwhile = tagsOnly ?? broken();
  return meanwhile === undefined ? { state: 'found', entry } : { state: 'invalidated', entry, by: meanwhile };
}

/** What is in the place of an entry. */
function instead({ branch, fault }: DecodedFrame, call: CallNames): Examined {
  if (branch?.id === call.id) return { state: 'branch', input: branch.input };
  return { state: 'damaged', why: fault === undefined ? 'it is the entry of another call' : WORDS[fault] };
}

/** Of the tags of an entry that were not known before it was read, one that does not hold any more. */
async function brokenAmong(context: StoreContext, tags: Frame['tags']): Promise<BrokenFence | undefined | 'down'> {
  const names = tags.map(([tag]) => context.names.tag(tag));
  const answer = await read(context, names);
  if (answer === undefined) return 'down';
  const stands = standings(context.tokens, answer.stored, answer.sentAt);
  for (const [tag, token] of tags) {
    const by = brokenTag(tag, token, stands(context.names.tag(tag)));
    if (by !== undefined) return by;
  }
  return undefined;
}

const WORDS: Readonly<Record<FrameFault, string>> = {
  foreign: 'it was not written by Millpond',
  version: 'it was written by a release with another format',
  length: 'its length is not what it says',
  checksum: 'its checksum does not match',
  malformed: 'its sections cannot be read',
};

/** How long an entry may be served, stale windows included, and never longer than `longest`. */
export function lifeOf(entry: Pick<Frame, 'ttl' | 'staleWhileRevalidate' | 'staleIfError'>, longest: number): number {
  if (entry.ttl === undefined) return longest;
  return Math.min(longest, entry.ttl + Math.max(entry.staleWhileRevalidate ?? 0, entry.staleIfError ?? 0));
}

/** Most entries have no tags. */
const NO_PAIRS: ReadonlyMap<string, string> = new Map();
const NO_TAGS: readonly string[] = [];

function entryOf(frame: Frame, age: number, expiredFor: number | undefined): StoredEntry {
  const { payload, effects, ttl, staleWhileRevalidate, staleIfError, computeMs } = frame;
  const isTagged = frame.tags.length > 0;
  const pairs = isTagged ? new Map(frame.tags) : NO_PAIRS;
  const tags = isTagged ? [...pairs.keys()] : NO_TAGS;
  const cache = cacheTokenOf(frame);
  return { payload, effects, age, ttl, staleWhileRevalidate, staleIfError, expiredFor, computeMs, tags, pairs, cache };
}
