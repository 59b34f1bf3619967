import { isAfter, standings, tokenOf, type Standings } from './fences.js';
import { takeBack } from './invalidations.js';
import type { Keeping } from './keep.js';
import { OLDEST_RUN, type StoreContext } from './store-context.js';
import type { TagPairs } from './store-types.js';

/** What is known of an entry that was sent: it stands, a delete has come or may have, or nobody can tell. */
type Verdict = 'stands' | 'outdated' | 'unclear' | 'unknown';

/**
 * A delete may have come while the entry was on its way, from any process. It leaves its tombstone first and removes the
 * entry then; the entry was written first and the tombstone is looked for then: so one of the two sees the other. What
 * came after a delete is taken back, and that is tried until it succeeds: nothing but the tombstone stands between
 * this entry and its readers, and a store may lose it. A write that failed may have landed all the same. Says whether
 * the entry is there.
 */
export async function confirmed(
  context: StoreContext,
  keeping: Keeping,
  pairs: TagPairs,
  kept: boolean,
): Promise<boolean> {
  const verdict = await judge(context, keeping, pairs);
  if (verdict === 'stands') return kept;
  // Of what has failed, and cannot be looked for either, most likely nothing is there.
  if (verdict === 'unknown' && !kept) return false;
  await context.outbox.post(takeBack(context, keeping, verdict === 'unclear'));
  return false;
}

/**
 * Looks at everything that could have outdated the run while it was under way, in whatever process: the memory of this
 * one, where its result is, is told at once, and not when it next asks the store.
 */
async function judge(context: StoreContext, keeping: Keeping, pairs: TagPairs): Promise<Verdict> {
  const { guard, tokens, options } = context;
  const { call, run, entry } = keeping;
  if (options.clock.now() - run.startedAt >= OLDEST_RUN) return 'outdated';
  const fences = otherFences(context, keeping, pairs);
  const keys = [call.tombstone, call.deletes, ...fences.keys()];
  const sentAt = tokens.moment();
  const values = await guard.read(keys);
  if (values === undefined) return 'unknown';
  const stands = standings(tokens, new Map(keys.map((key, place) => [key, values[place]])), sentAt);
  const isAfterDelete = isAfter(run.tombstone, stands(call.tombstone));
  if (!isAfterDelete || haveMoved(fences, stands)) entry.onOutdated?.(true);
  if (!isAfterDelete) return 'outdated';
  if (run.tombstone !== undefined) return 'stands';
  // No tombstone then, none now: there was none, or the store has lost it.
  const deletes = stands(call.deletes);
  return deletes !== 'contested' && deletes.token === run.deletes ? 'stands' : 'unclear';
}

/** Keys of tokens and of the mark, each with what it was. */
type OtherFences = ReadonlyMap<string, string | undefined>;

/** What outdates the entry beside a delete, with what the run began with. Who reads the entry sees to these by itself. */
function otherFences(context: StoreContext, { run, names }: Keeping, pairs: TagPairs): OtherFences {
  const tags = [...pairs].map(([tag, token]): [string, string] => [context.names.tag(tag), token]);
  const { cache, function: fn } = names.shared;
  return new Map([[cache, run.cache], [fn, run.function], [names.mark, run.mark], ...tags]);
}

/** Whether one of them is another now. One that is gone was lost by the store, and outdates nothing in memory. */
function haveMoved(fences: OtherFences, stands: Standings): boolean {
  return [...fences].some(([key, before]) => {
    const now = tokenOf(stands(key));
    return now !== undefined && now !== before;
  });
}
