import { tokenOf, type FenceNames, type RunFences } from './fences.js';
import type { StoreContext } from './store-context.js';
import type { EntryToKeep, TagPairs } from './store-types.js';

/** What a run began with, and what came of it. */
export interface RunToPair {
  readonly run: RunFences;
  readonly names: FenceNames;
  readonly entry: Pick<EntryToKeep, 'tags' | 'inherited' | 'onOutdated'>;
}

/**
 * The tags of an entry, each with its token: those noted at the begin, those known only from the result, and the
 * inherited ones. Undefined: do not store. Never rejects.
 */
export async function pairsOf(context: StoreContext, { run, entry }: RunToPair): Promise<TagPairs | undefined> {
  const inheriting = Promise.allSettled(entry.inherited.map((pairs) => Promise.resolve(pairs)));
  const learned = [...new Set(entry.tags)].filter((tag) => !run.tags.has(tag));
  const own = learned.length === 0 ? run.tags : await withLearned(context, run, learned, entry.onOutdated);
  if (own === undefined) return undefined;
  if (entry.inherited.length === 0) return own;
  const merged = new Map(own);
  for (const inherited of await inheriting) {
    if (inherited.status === 'rejected' || inherited.value === undefined) return undefined;
    for (const [tag, token] of inherited.value) {
      if ((merged.get(tag) ?? token) !== token || hasMoved(context, tag, token)) return undefined;
      merged.set(tag, token);
    }
  }
  return merged;
}

/** Whether this process has invalidated a tag lately, as far as it remembers, so that this is an old token of it. */
function hasMoved({ names, tokens }: StoreContext, tag: string, token: string): boolean {
  const own = tokens.own(names.tag(tag));
  return own !== undefined && own !== token;
}

/**
 * With the tokens of tags that are known only from the result. They are read now, and then the token that tells of tag
 * invalidations, in this order: if it has moved since the run began, one of them may be newer than the run (hazard 1).
 */
async function withLearned(
  { guard, names, tokens }: StoreContext,
  run: RunFences,
  learned: readonly string[],
  onOutdated: EntryToKeep['onOutdated'],
): Promise<TagPairs | undefined> {
  if (run.invalidations === undefined) return undefined;
  const known = new Map(run.tags);
  const sentAt = tokens.moment();
  const values = await guard.read(learned.map((tag) => names.tag(tag)));
  if (values === undefined) return undefined;
  for (const [place, tag] of learned.entries()) {
    const standing = tokens.standing(names.tag(tag), values[place], sentAt);
    if (standing === 'contested') return undefined;
    const token = standing.token ?? (await tokens.make(names.tag(tag), sentAt));
    if (token === undefined) return undefined;
    known.set(tag, token);
  }
  const askedAt = tokens.moment();
  const [moved] = (await guard.read([names.invalidations])) ?? [];
  if (tokenOf(tokens.standing(names.invalidations, moved, askedAt)) === run.invalidations) return known;
  // Which tags those were nobody can tell any more.
  onOutdated?.(false);
  return undefined;
}
