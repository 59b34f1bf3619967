import { inRootContext } from '../context.js';
import { storeDamaged } from '../errors/index.js';
import { showKey } from '../key/index.js';
import { CallFences } from './call-fences.js';
import type { CallToExamine } from './examine.js';
import { fenceNames, RunFences, type FenceNames } from './fences.js';
import type { Sent } from './guard.js';
import { clearFunction, deleteCall, expireCall, type CallToOutdate } from './invalidations.js';
import { mayBeKept, writeBranch, writeEntry, type Keeping } from './keep.js';
import { beginRun, inspect, lookUp, type Looked } from './look-up.js';
import type { CallNames } from './names.js';
import { pairsOf } from './pairs.js';
import { longestLife, markLife, type StoreContext } from './store-context.js';
import type {
  Begun,
  EntryToKeep,
  StoreFunction,
  StoreFunctionIdentity,
  StoredVariant,
  TagPairs,
} from './store-types.js';

const NO_VARIANT: StoredVariant = { base: '', branches: [] };

/** The stored entries of one function. */
export function createStoreFunction(context: StoreContext, identity: StoreFunctionIdentity): StoreFunction {
  const { options, names, guard, queue, outbox } = context;
  const fn = names.function(identity.name, identity.version);
  const callFences = new CallFences(context, fn);

  function damaged(key: string, call: CallNames, why: string, cause?: unknown): void {
    const error = storeDamaged(identity.shown, why, cause);
    options.emit({ type: 'storeDamaged', cache: options.cache, fn: identity.shown, key: showKey(key), error });
    if (!context.isOpen()) return;
    void queue.put(call.entry, () => guard.send('delete a damaged entry', (port) => port.delete(call.entry)));
  }

  function fencesOf(call: CallNames, tags: Iterable<string>): FenceNames {
    return fenceNames(names, fn, call, { tags, learns: identity.learnsTags ?? true });
  }

  function toExamine(call: CallNames, tags: Iterable<string>): CallToExamine {
    return { call, names: fencesOf(call, tags), callFences, longestLife: longestLife(options, identity) };
  }

  function glance(key: string, tags: Iterable<string>, tell: (looked: Looked) => void, base?: string): void {
    const call = fn.call(key, base);
    lookUp(context, { ...toExamine(call, tags), onDamaged: (why) => damaged(key, call, why) }, tell);
  }

  function toOutdate(key: string, base?: string): CallToOutdate {
    return { fn, call: fn.call(key, base), life: markLife(options, identity) };
  }

  // What is not needed to send it again is not held on to: a write that never settles stays in the queue (hazard 31).
  async function keep(key: string, begun: Begun, { onEnd, ...entry }: EntryToKeep): Promise<TagPairs | undefined> {
    const outdatable = toOutdate(key, entry.variant?.base);
    const fences = begun instanceof RunFences && context.isOpen() ? begun : undefined;
    const known = fences && fencesOf(outdatable.call, fences.tags.keys());
    if (fences === undefined || known === undefined || !mayBeKept(context, { run: fences, names: known })) {
      if (entry.replaces === true && context.isOpen()) leaveNothing(outdatable, fences, known);
      onEnd?.();
      return undefined;
    }
    const createdAt = options.clock.wallTime();
    const keeping: Keeping = { ...outdatable, identity, key, names: known, run: fences, entry, createdAt };
    const pairs = pairsOf(context, keeping);
    // In the order of the calls of `keep`, so it takes its place before its pairs are known. It never rejects.
    const taken = queue.put(outdatable.call.entry, () => write(keeping, pairs));
    void unlessItStays(keeping, taken).then(onEnd);
    writeBranches(keeping);
    return pairs;
  }

  /** In the order of the calls of `keep`, too: an entry may be written in the place of a branch, or the other way round. */
  function writeBranches(keeping: Keeping): void {
    const { base, branches } = keeping.entry.variant ?? NO_VARIANT;
    for (const { key, input } of branches) {
      const call = fn.call(key, base);
      void queue.put(call.entry, () => writeBranch(context, { ...keeping, call }, input));
    }
  }

  async function write(keeping: Keeping, pairs: Promise<TagPairs | undefined>): Promise<Sent> {
    const sent = await writeEntry(context, keeping, pairs);
    if (sent === 'failed') void unlessItStays(keeping, Promise.resolve(false));
    else if (sent !== 'done') void unlessItStays(keeping, sent.late);
    return sent;
  }

  /** Where an entry that replaces another did not get into the store, the older one must not stay there. */
  async function unlessItStays(keeping: Keeping, stays: Promise<boolean>): Promise<void> {
    const isThere = await stays;
    if (keeping.entry.replaces === true && !isThere) leaveNothing(keeping, keeping.run, keeping.names);
  }

  function leaveNothing(call: CallToOutdate, run?: RunFences, known?: FenceNames): void {
    if (run !== undefined && known !== undefined && run.isOutdated(known, context.tokens)) return;
    void outbox.post(deleteCall(context, call));
  }

  return {
    lookup: (key, tags, base) => new Promise((resolve) => glance(key, tags, resolve, base)),
    glance,
    inspect: (key, tags, base) => inspect(context, toExamine(fn.call(key, base), tags)),
    begin: (key, tags) => beginRun(context, fencesOf(fn.call(key), tags)),
    keep: (key, begun, entry) => inRootContext(() => keep(key, begun, entry)),
    delete: (key) => outbox.post(deleteCall(context, toOutdate(key))),
    expire: (key) => outbox.post(expireCall(context, toOutdate(key), options.clock.wallTime())),
    clear: () => outbox.post(clearFunction(context, fn)),
    damaged: (key, why, cause) => damaged(key, fn.call(key), why, cause),
  };
}
