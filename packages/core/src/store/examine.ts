import { decodeFrame, type DecodedFrame, type Frame, type FrameFault } from '../codec/index.js';
import type { CallFences } from './call-fences.js';
import {
  brokenFence,
  brokenTag,
  cacheTokenOf,
  expiredAt,
  standings,
  type FenceNames,
  type Standings,
} from './fences.js';
import type { Asker, Stored } from './coalesce.js';
import type { CallNames } from './names.js';
import type { StoreContext } from './store-context.js';
import type { BrokenFence, StoredEntry } from './store-types.js';
import type { WideStandings } from './wide-standings.js';

/** What is the same for all calls of a function. */
export interface FunctionToExamine {
  readonly callFences: CallFences;
  /** How the fences stand that are the same for all. */
  readonly wide: WideStandings;
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

/** What was read at once. */
export interface Answer {
  readonly startedAt: number;
  /** When the read was sent, as the tokens count. */
  readonly sentAt: number;
  readonly stored: Stored;
}

/** What was read at once for one call. */
export interface CallAnswer extends Answer {
  /** Where its entry is. */
  readonly place: number;
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

/** Reads keys at once: undefined when the store does not answer in time. */
export function read({ guard, tokens, options }: StoreContext, keys: readonly string[]): Promise<Answer | undefined> {
  const startedAt = options.clock.now();
  const sentAt = tokens.moment();
  return new Promise((resolve) =>
    guard.ask(undefined, keys, { told: (stored) => resolve(stored && { startedAt, sentAt, stored }) }),
  );
}

/** What a look-up begins with: nothing was read yet. */
const NOTHING: Stored = { get: () => undefined, at: () => undefined, reading: 0 };

/** One read of a call's entry and its fences; those of the call alone only where there may be some. */
export abstract class CallReading implements CallAnswer, Asker {
  readonly context: StoreContext;
  readonly to: CallToExamine;
  startedAt: number;
  sentAt = 0;
  stored: Stored = NOTHING;
  place = -1;
  #readsAll = false;

  constructor(context: StoreContext, to: CallToExamine, startedAt: number) {
    this.context = context;
    this.to = to;
    this.startedAt = startedAt;
    this.#send();
  }

  /** It was read, or the store did not answer in time. Must not throw. */
  protected abstract done(isAnswered: boolean): void;

  #send(): void {
    const { guard, tokens } = this.context;
    const { call, names, fn } = this.to;
    const { read } = names.shared;
    this.#readsAll = fn.callFences.areKnown;
    this.sentAt = tokens.moment();
    guard.ask(call.entry, this.#readsAll ? [...read, ...names.ofCall()] : read, this);
  }

  told(stored: Stored | undefined, place: number): void {
    if (stored === undefined) {
      this.done(false);
      return;
    }
    const { callFences } = this.to.fn;
    callFences.saw(stored.get(this.to.names.shared.note));
    if (this.#readsAll || !callFences.areKnown) {
      this.stored = stored;
      this.place = place;
      this.done(true);
    } else {
      // The first look-up that finds the note reads all anew, of one moment; the next ones know.
      this.startedAt = this.context.options.clock.now();
      this.#send();
    }
  }
}

/**
 * Judges what was read for a call, and asks for the tags that only the entry tells of. Changes nothing. Nearly all is known
 * at once, and then it is told at once.
 */
export function examine(
  context: StoreContext,
  { call, names, fn }: CallToExamine,
  answer: CallAnswer,
): Examined | Promise<Examined> {
  const stored = answer.stored.at(answer.place);
  if (stored === undefined) return { state: 'none' };
  const decoded = decodeFrame(stored, call);
  const { frame } = decoded;
  if (frame?.id !== call.id) return instead(decoded, call);
  const { tokens, options } = context;
  const wallTime = options.clock.wallTime();
  // Without the note, and when this process has written none, there is neither tombstone nor mark.
  const isPlain = !fn.callFences.areKnown && tokens.areQuiet();
  const marked = isPlain ? undefined : expiredAt(frame, names, standingsOf(context, answer), tokens);
  const age = Math.max(0, wallTime - frame.createdAt);
  const entry = entryOf(frame, age, marked === undefined ? undefined : Math.max(0, wallTime - marked));
  if (age >= lifeOf(frame, fn.longestLife)) return { state: 'expired', entry };
  const holds = isPlain && fn.wide.hold(frame, names.shared, answer);
  return holds ? { state: 'found', entry } : examineFences(context, names, answer, frame, entry);
}

function examineFences(
  context: StoreContext,
  names: FenceNames,
  answer: Answer,
  frame: Frame,
  entry: StoredEntry,
): Examined | Promise<Examined> {
  const broken = (): BrokenFence | undefined => brokenFence(frame, names, standingsOf(context, answer));
  const by = broken();
  if (by !== undefined) return { state: 'invalidated', entry, by };
  const learned = frame.tags.length === 0 ? frame.tags : frame.tags.filter(([tag]) => !names.shared.tags.has(tag));
  return learned.length === 0 ? { state: 'found', entry } : examineTags(context, learned, entry, broken);
}

function standingsOf({ tokens }: StoreContext, { stored, sentAt }: Answer): Standings {
  return standings(tokens, stored, sentAt);
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
