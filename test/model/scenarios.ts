import { runs } from '../support/runs.js';
import type { ProcessName, Scenario, Step } from './steps.js';

const run: Step = { do: 'run' };
const runKnown: Step = { do: 'run', known: ['t'] };
const runResult: Step = { do: 'run', result: ['t'] };
const clear: Step = { do: 'clear' };
const clearCache: Step = { do: 'clear cache' };
const drop: Step = { do: 'delete' };
const expire: Step = { do: 'expire' };
const outer: Step = { do: 'run outer', inner: { do: 'run', known: ['t'] } };
const outerOfResult: Step = { do: 'run outer', inner: { do: 'run', result: ['t'] } };
const outerOfSameTag: Step = { do: 'run outer', known: ['t'], inner: { do: 'run', known: ['t'] }, innerFirst: true };
const invalidate: Step = { do: 'invalidate tags', tags: ['t'] };

function a(...steps: readonly Step[]): { process: ProcessName; steps: readonly Step[] } {
  return { process: 'a', steps };
}

function b(...steps: readonly Step[]): { process: ProcessName; steps: readonly Step[] } {
  return { process: 'b', steps };
}

/** The tokens are there, the entry is not: a run that looks first has something to compute. */
const calm = { warm: true, lost: ['/e/'], mostFaults: 0 } as const;
const TAGS = ['/e/', '/t/', '/i'] as const;
const DELETES = ['/e/', '/d/', '/n/'] as const;
const MARKS = ['/e/', '/x/'] as const;
/** The note that there are deletes; who finds it once reads all fences from then on. */
const NOTE = ['/o/'] as const;

/** The token that tells of deletes matters when a tombstone is lost; here none is, so its operations come at once. */
const few = { races: ['/e/', '/d/'], atOnce: ['/n/', ...NOTE] } as const;

/** Most scenarios have the note come at once, or be there; in some it races with the rest. */
const deletes = { races: DELETES, atOnce: NOTE } as const;
const marks = { races: MARKS, atOnce: NOTE } as const;
const noteRaces = { races: ['/e/', '/d/', ...NOTE], atOnce: ['/n/'] } as const;

/** Nothing goes wrong, but for the order of things, which may be any. */
export const IN_ANY_ORDER = {
  'an entry, and a delete': { ...calm, lost: [], actors: [a(run, run), b(drop)], ...deletes },
  'runs, and the first delete by another process, with its note': {
    ...calm,
    actors: [a(run), b(drop, run)],
    ...noteRaces,
  },
  'an entry, and the first delete by another process, with its note': {
    ...calm,
    lost: [],
    actors: [a(run, run), b(drop)],
    ...noteRaces,
  },
  'runs, and the first expire by another process, with its note': {
    ...calm,
    actors: [a(run), b(expire, run)],
    races: [...MARKS, ...NOTE],
  },
  'runs, and a delete where there have been others': {
    ...calm,
    noted: true,
    actors: [a(run), b(drop, run)],
    ...deletes,
  },
  'runs, and an expire where there have been others': {
    ...calm,
    noted: true,
    actors: [a(run), b(expire, run)],
    ...marks,
  },
  'runs, and a delete by another process': { ...calm, actors: [a(run), b(drop, run)], ...deletes },
  'runs, and a delete by the same process': { ...calm, actors: [a(run), a(drop, run)], ...few },
  'runs and deletes by both processes': { ...calm, actors: [a(run, drop), b(drop, run)], ...few },
  'runs, and two deletes': { ...calm, actors: [a(run), b(drop, drop)], ...deletes },
  'runs, and a clear of the function': { ...calm, actors: [a(run, run), b(clear, run)], races: ['/e/', '/f/'] },
  'runs and clears by both processes': { ...calm, actors: [a(run, clear), b(clear, run)], races: ['/e/', '/f/'] },
  'runs, and a clear of the cache': { ...calm, actors: [a(run, run), b(clearCache, run)], races: ['/e/', '/c'] },
  'a run, a delete and a clear': {
    ...calm,
    actors: [a(run), b(drop, clear)],
    races: [...DELETES, '/f/'],
    atOnce: NOTE,
  },
  'runs, and an invalidation of a tag known before': {
    ...calm,
    actors: [a(runKnown), b(invalidate, runKnown)],
    races: TAGS,
  },
  'runs, and an invalidation of a tag of the result': {
    ...calm,
    actors: [a(runResult), b(invalidate, runResult)],
    races: TAGS,
  },
  'runs, and invalidations of a tag of the result by both processes': {
    ...calm,
    actors: [a(runResult, invalidate), b(invalidate)],
    races: TAGS,
  },
  'runs, and a clear, when the token of the function was lost': {
    ...calm,
    actors: [a(run), b(clear, run)],
    races: ['/e/', '/f/'],
    lost: ['/f/'],
  },
  'runs, and an invalidation of a tag of the result, when its token was lost': {
    ...calm,
    actors: [a(runResult), b(invalidate, runResult)],
    races: TAGS,
    lost: ['/e/', '/t/'],
  },
  'runs, and an invalidation of a tag, when the token that tells of invalidations was lost': {
    ...calm,
    actors: [a(runResult), b(invalidate, runResult)],
    races: TAGS,
    lost: ['/e/', '/i'],
  },
  'an entry, and an expire': { ...calm, lost: [], actors: [a(run), b(expire, run)], ...marks },
  'runs, and an expire by another process': { ...calm, actors: [a(run), b(expire, run)], ...marks },
  'runs, and an expire by the same process': { ...calm, noted: true, actors: [a(run, run), a(expire, run)], ...marks },
  'runs and expires by both processes': { ...calm, actors: [a(run, expire), b(expire, run)], ...marks },
  'a run, an expire and a delete': {
    ...calm,
    actors: [a(run), b(expire, drop)],
    races: [...DELETES, '/x/'],
    atOnce: NOTE,
  },
  'an outer run of an inner one, and an invalidation of its tag': {
    ...calm,
    actors: [a(outer), b(invalidate)],
    races: TAGS,
  },
  'an outer run of an inner entry, and an invalidation of its tag': {
    ...calm,
    lost: [`/getPage/`],
    actors: [a(outer), b(invalidate)],
    races: TAGS,
  },
  'an outer run of what memory has of an inner one, and an invalidation of a tag that both have': {
    ...calm,
    lost: ['/getPage/'],
    actors: [a(outerOfSameTag), b(invalidate)],
    races: TAGS,
  },
  'an outer run of an inner one, and an invalidation of a tag of its result': {
    ...calm,
    actors: [a(outerOfResult), b(invalidate)],
    races: TAGS,
  },
} as const satisfies Readonly<Record<string, Scenario>>;

const broken = {
  ...calm,
  mostFaults: runs(1, 2),
  pauses: true,
  faults: ['refuse', 'lose answer', 'twice'],
  resent: ['/e/'],
} as const;

/** One thing goes wrong, of all that can; two at once are more than can be gone through. */
const oneFault = { ...broken, faults: [...broken.faults, 'late'], mostFaults: 1 } as const;

/** Something goes wrong as well, at any moment: an operation, its answer, a deadline, or a token of the store. */
export const WITH_FAULTS = {
  'a run, and a delete': { ...oneFault, actors: [a(run), b(drop)], ...deletes, evicts: ['/d/'], ends: ['a'] },
  'a run, and the first delete, with its note': {
    ...oneFault,
    actors: [a(run), b(drop)],
    ...noteRaces,
    ends: ['a'],
    pauses: false,
  },
  'a run, and a delete where the store loses the note of others': {
    ...calm,
    noted: true,
    actors: [a(run), b(drop, run)],
    ...few,
    evicts: NOTE,
    mostFaults: 1,
  },
  'a run, and a delete by the same process': { ...oneFault, ...few, actors: [a(run), a(drop)], pauses: false },
  'a run, and a delete whose tombstone the store loses': {
    ...calm,
    actors: [a(run), b(drop)],
    ...deletes,
    evicts: ['/d/'],
    mostFaults: 1,
  },
  'a run whose process ends, and a delete': {
    ...calm,
    actors: [a(run), b(drop)],
    ...deletes,
    ends: ['a'],
    mostFaults: 1,
  },
  'an entry that is taken back, and a tombstone that is lost': {
    ...calm,
    actors: [a(run), b(drop)],
    ...deletes,
    evicts: ['/d/'],
    faults: ['refuse'],
    mostFaults: 2,
  },
  'a run, and an expire': { ...oneFault, actors: [a(run), b(expire)], ...marks, ends: ['a'] },
  'an expire, and a run of the same process': { ...oneFault, noted: true, actors: [a(run), a(expire, run)], ...marks },
  'a run, and a clear of the function': {
    ...broken,
    actors: [a(run), b(clear)],
    races: ['/e/', '/f/'],
    evicts: ['/f/'],
  },
  'a clear, and a run of the same process': { ...broken, lost: [], actors: [a(clear, run)], races: ['/e/', '/f/'] },
  'a run, and a clear of the cache': {
    ...broken,
    actors: [a(run), b(clearCache)],
    races: ['/e/', '/c'],
    evicts: ['/c'],
  },
  'two clears, and a run': { ...broken, actors: [a(clear), b(run, clear)], races: ['/e/', '/f/'] },
  'a run, and an invalidation of a tag known before': {
    ...broken,
    actors: [a(runKnown), b(invalidate)],
    races: TAGS,
    evicts: ['/t/', '/i'],
  },
  'a run, and an invalidation of a tag of the result': {
    ...broken,
    actors: [a(runResult), b(invalidate)],
    races: TAGS,
    evicts: ['/t/', '/i'],
  },
  'an outer run, and an invalidation of the tag of its inner entry': {
    ...oneFault,
    lost: ['/getPage/'],
    actors: [a(outer), b(invalidate)],
    races: TAGS,
    evicts: ['/t/'],
  },
} as const satisfies Readonly<Record<string, Scenario>>;

/**
 * What the protocol does not promise, as `docs/guarantees.md` says: here the model finds what it must not find
 * elsewhere. When one of these is mended, it belongs above.
 */
export const LIMITS = {
  'a store loses a tombstone, and an entry that came after it is found before it is taken back': {
    ...calm,
    actors: [a(run), b(drop, { ...run, by: 'c' })],
    ...few,
    evicts: ['/d/'],
    mostFaults: 1,
  },
  'a store loses a tombstone, and all it knew of deletes': {
    ...calm,
    actors: [a(run), b(drop)],
    ...deletes,
    evicts: ['/d/', '/n/'],
    mostFaults: 2,
  },
  'a store loses a tombstone, and the process whose entry came after it has ended': {
    ...calm,
    actors: [a(run), b(drop)],
    ...deletes,
    evicts: ['/d/'],
    ends: ['a'],
    mostFaults: 2,
  },
  'a store loses the note that there are deletes before anybody has read it, and the process whose entry came late has ended':
    {
      ...calm,
      actors: [a(run), b(drop)],
      ...noteRaces,
      evicts: NOTE,
      ends: ['a'],
      mostFaults: 2,
    },
  'a store loses the mark of an expired call': {
    ...calm,
    lost: [],
    actors: [b(expire, { ...run, by: 'c' })],
    ...marks,
    evicts: ['/x/'],
    mostFaults: 1,
  },
  'a client sends the token of a clear again, which had landed before its connection broke': {
    ...calm,
    actors: [a(clear), b(run, clear)],
    races: ['/e/', '/f/'],
    faults: ['twice'],
    resent: ['/f/'],
    mostFaults: 1,
  },
} as const satisfies Readonly<Record<string, Scenario>>;
