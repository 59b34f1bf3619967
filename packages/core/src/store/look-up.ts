import { decodeFrame, type Frame, type FrameFault } from '../codec/index.js';
import { withDeadline } from './deadline.js';
import { expiredAt, fenceKeys, holds, isCurrent, neededKeys, NOT_STORABLE, RunFences, standings } from './fences.js';
import type { FenceNames } from './fences.js';
import type { CallNames } from './names.js';
import type { StoreContext } from './store-context.js';
import type { Begun, StoredEntry, StoreLookup, StoreMissReason } from './store-types.js';

/** What one look-up is about. */
export interface Look {
  readonly call: CallNames;
  readonly names: FenceNames;
  /** The longest that an entry of the function is served, in milliseconds. */
  readonly longestLife: number;
  /** Told when the store holds something else than an entry of this call. */
  readonly onDamaged: (why: string) => void;
}

interface Answer {
  readonly startedAt: number;
  /** When the read was sent, as the tokens count. */
  readonly sentAt: number;
  /** What was stored under each key that was read. */
  readonly stored: Map<string, unknown>;
}

/** Reads entry and fences at once, and judges. */
export async function lookUp(context: StoreContext, look: Look): Promise<StoreLookup> {
  const answer = await read(context, [look.call.entry, ...fenceKeys(look.names)]);
  if (answer === undefined) return { found: undefined, reason: 'store-down', begun: NOT_STORABLE };
  const judged = await judge(context, look, answer);
  if (typeof judged !== 'string') {
    const stands = standings(context.tokens, answer.stored, answer.sentAt);
    return { found: judged, reason: 'cold', begun: new RunFences(answer.startedAt, look.names, stands) };
  }
  return { found: undefined, reason: judged, begun: await complete(context, look.names, answer) };
}

/** Reads the fences alone. */
export async function beginRun(context: StoreContext, names: FenceNames): Promise<Begun> {
  const answer = await read(context, fenceKeys(names));
  return answer === undefined ? NOT_STORABLE : complete(context, names, answer);
}

async function read({ guard, tokens, options }: StoreContext, keys: readonly string[]): Promise<Answer | undefined> {
  const startedAt = options.clock.now();
  const sentAt = tokens.moment();
  const values = await guard.read(keys);
  if (values === undefined) return undefined;
  return { startedAt, sentAt, stored: new Map(keys.map((key, place) => [key, values[place]])) };
}

async function judge(context: StoreContext, look: Look, answer: Answer): Promise<StoredEntry | StoreMissReason> {
  const stored = answer.stored.get(look.call.entry);
  if (stored === undefined) return 'cold';
  const frame = intact(look, stored);
  if (frame === undefined) return 'damaged';
  const since = (instant: number): number => Math.max(0, context.options.clock.wallTime() - instant);
  if (since(frame.createdAt) >= lifeOf(frame, look.longestLife)) return 'expired';
  const stands = standings(context.tokens, answer.stored, answer.sentAt);
  const held = (): boolean => holds(frame, look.names, stands);
  if (!held()) return 'invalidated';
  const learned = frame.tags.filter(([tag]) => !look.names.tags.has(tag));
  if (learned.length > 0) {
    const current = await tagsHold(context, learned);
    if (current === undefined) return 'store-down';
    // What this process has invalidated while these were read counts too.
    if (!current || !held()) return 'invalidated';
  }
  const marked = expiredAt(frame, look.names, stands, context.tokens);
  return entryOf(frame, since(frame.createdAt), marked === undefined ? undefined : since(marked));
}

/** The frame, if it is one of this call and undamaged; tells what else it is. */
function intact({ call, onDamaged }: Look, stored: unknown): Frame | undefined {
  const { frame, fault } = decodeFrame(stored);
  if (frame?.id === call.id) return frame;
  onDamaged(fault === undefined ? 'it is the entry of another call' : WORDS[fault]);
  return undefined;
}

/** The tags of an entry that were not known before it was read: undefined when the store does not tell in time. */
async function tagsHold(context: StoreContext, tags: Frame['tags']): Promise<boolean | undefined> {
  const keys = tags.map(([tag]) => context.names.tag(tag));
  const sentAt = context.tokens.moment();
  const values = await context.guard.read(keys);
  if (values === undefined) return undefined;
  return tags.every(([, token], place) => {
    const key = keys[place];
    return key !== undefined && isCurrent(token, context.tokens.standing(key, values[place], sentAt));
  });
}

/** Makes the tokens that are missing, and takes note of all. After `close` nothing is made, since nothing will be kept. */
async function complete(context: StoreContext, names: FenceNames, answer: Answer): Promise<Begun> {
  const { tokens } = context;
  const stands = standings(tokens, answer.stored, answer.sentAt);
  const missing = neededKeys(names).filter((name) => {
    const standing = stands(name);
    return standing !== 'contested' && standing.token === undefined;
  });
  if (missing.length > 0 && context.isOpen()) {
    const made = await secondStep(context, Promise.all(missing.map((name) => tokens.make(name))));
    for (const [place, name] of missing.entries()) answer.stored.set(name, made?.[place]);
  }
  return new RunFences(answer.startedAt, names, stands);
}

/** What the second step comes to; undefined when it takes longer than a read may. */
async function secondStep<T>({ options }: StoreContext, promise: Promise<T>): Promise<T | undefined> {
  const timely = await withDeadline(promise, options.readDeadline, options.clock, 'awaited');
  return timely.inTime ? timely.value : undefined;
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

function entryOf(frame: Frame, age: number, expiredFor: number | undefined): StoredEntry {
  const { payload, ttl, staleWhileRevalidate, staleIfError, computeMs } = frame;
  const pairs = new Map(frame.tags);
  const life = { age, ttl, staleWhileRevalidate, staleIfError, expiredFor, computeMs };
  return { payload, ...life, tags: [...pairs.keys()], pairs };
}
