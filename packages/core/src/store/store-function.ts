import { inRootContext } from '../context.js';
import { storeDamaged } from '../errors/index.js';
import { showKey } from '../key/index.js';
import { CallFences } from './call-fences.js';
import type { CallToExamine, FunctionToExamine } from './examine.js';
import { FenceNames, RunFences, sharedNames, type SharedNames } from './fences.js';
import type { Sent } from './guard.js';
import { clearFunction, deleteCall, expireCall, type CallToOutdate } from './invalidations.js';
import { mayBeKept, writeBranch, writeEntry, type Keeping } from './keep.js';
import { beginRun, inspect, lookUp, lookUpFor } from './look-up.js';
import type { CallNames } from './names.js';
import { pairsOf } from './pairs.js';
import { RecentCalls } from './recent-calls.js';
import { longestLife, markLife, type StoreContext } from './store-context.js';
import type {
  Begun,
  EntryToKeep,
  StoreFunction,
  StoreFunctionIdentity,
  StoredVariant,
  TagPairs,
} from './store-types.js';
import { WideStandings } from './wide-standings.js';

const NO_VARIANT: StoredVariant = { base: '', branches: [] };

/** The stored entries of one function. */
export function createStoreFunction(context: StoreContext, identity: StoreFunctionIdentity): StoreFunction {
  const { options, names, guard, queue, outbox } = context;
  const fn = names.function(identity.name, identity.version);
  let last: { readonly tags: readonly string[]; readonly learns: boolean; readonly names: SharedNames } | undefined;

  function damaged(key: string, call: CallNames, why: string, cause?: unknown): void {
    const error = storeDamaged(identity.shown, why, cause);
    options.emit({ type: 'storeDamaged', cache: options.cache, fn: identity.shown, key: showKey(key), error });
    if (!context.isOpen()) return;
    void queue.put(call.entry, () => guard.send('delete a damaged entry', (port) => port.delete(call.entry)));
  }

  const examined: FunctionToExamine = {
    callFences: new CallFences(context, fn),
    wide: new WideStandings(context.tokens),
    get longestLife() {
      return longestLife(options, identity);
    },
    damaged,
  };

  const recent = new RecentCalls();

  function learns(): boolean {
    return identity.learnsTags ?? true;
  }

  /** Nearly all look-ups of a function have the same tags known before, in the same list. */
  function shared(tags: readonly string[]): SharedNames {
    if (last?.tags !== tags || last.learns !== learns()) {
      last = { tags, learns: learns(), names: sharedNames(names, fn, { tags, learns: learns() }) };
    }
    return last.names;
  }

  function toExamine(key: string, tags: readonly string[], base?: string): CallToExamine {
    const wide = shared(tags);
    const known = base === undefined ? recent.find(key, wide) : undefined;
    if (known !== undefined) return known;
    const call = fn.call(key, base);
    const made = { key, call, names: new FenceNames(wide, call), fn: examined };
    if (base === undefined) recent.note(made);
    return made;
  }

  function toOutdate(key: string, base?: string): CallToOutdate {
    return { fn, call: fn.call(key, base), life: markLife(options, identity) };
  }

  // What is not needed to send it again is not held on to: a write that never settles stays in the queue (hazard 31).
  async function keep(key: string, begun: Begun, { onEnd, ...entry }: EntryToKeep): Promise<TagPairs | undefined> {
    const outdatable = toOutdate(key, entry.variant?.base);
    const fences = begun instanceof RunFences && context.isOpen() ? begun : undefined;
    const tags = fences?.tags.keys() ?? [];
    const known = new FenceNames(sharedNames(names, fn, { tags, learns: learns() }), outdatable.call);
    if (fences === undefined || !mayBeKept(context, { run: fences, names: known })) {
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
    lookup: (key, tags, base) => lookUpFor(context, toExamine(key, tags, base)),
    glance: (key, tags, looker) => lookUp(context, toExamine(key, tags), looker),
    inspect: (key, tags, base) => inspect(context, toExamine(key, tags, base)),
    begin: (key, tags) => beginRun(context, toExamine(key, tags).names),
    keep: (key, begun, entry) => inRootContext(() => keep(key, begun, entry)),
    delete: (key) => outbox.post(deleteCall(context, toOutdate(key))),
    expire: (key) => outbox.post(expireCall(context, toOutdate(key), options.clock.wallTime())),
    clear: () => outbox.post(clearFunction(context, fn)),
    damaged: (key, why, cause) => damaged(key, fn.call(key), why, cause),
  };
}
