import { isAfter } from './fences.js';
import { takeBack } from './invalidations.js';
import type { Keeping } from './keep.js';
import { OLDEST_RUN, type StoreContext } from './store-context.js';

/** What is known of an entry that was sent: it stands, a delete has come or may have, or nobody can tell. */
type Verdict = 'stands' | 'outdated' | 'unclear' | 'unknown';

/**
 * A delete may have come while the entry was on its way, from any process. It leaves its tombstone first and removes the
 * entry then; the entry was written first and the tombstone is looked for then: so one of the two sees the other. What
 * came after a delete is taken back, and that is tried until it succeeds: nothing but the tombstone stands between
 * this entry and its readers, and a store may lose it. A write that failed may have landed all the same. Says whether
 * the entry is there.
 */
export async function confirmed(context: StoreContext, keeping: Keeping, kept: boolean): Promise<boolean> {
  const verdict = await judge(context, keeping);
  if (verdict === 'stands') return kept;
  // Of what has failed, and cannot be looked for either, most likely nothing is there.
  if (verdict === 'unknown' && !kept) return false;
  await context.outbox.post(takeBack(context, keeping, verdict === 'unclear'));
  return false;
}

async function judge({ guard, tokens, options }: StoreContext, { call, run }: Keeping): Promise<Verdict> {
  if (options.clock.now() - run.startedAt >= OLDEST_RUN) return 'outdated';
  const sentAt = tokens.moment();
  const values = await guard.read([call.tombstone, call.deletes]);
  if (values === undefined) return 'unknown';
  const tombstone = tokens.standing(call.tombstone, values[0], sentAt);
  if (!isAfter(run.tombstone, tombstone)) return 'outdated';
  if (run.tombstone !== undefined) return 'stands';
  // No tombstone then, none now: there was none, or the store has lost it.
  const deletes = tokens.standing(call.deletes, values[1], sentAt);
  return deletes !== 'contested' && deletes.token === run.deletes ? 'stands' : 'unclear';
}
