import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createCache, type Cache, type CachedBatch } from '@millpond/core';
import { fakeClock } from '../../support/fake-clock.js';
import { runs } from '../../support/runs.js';

/** Long enough for all cases of `npm run verify` on a busy machine. */
const PATIENCE = 30 * 60_000;

interface Row {
  readonly id: number;
  version: number;
}

class Refused extends Error {}

const NOBODY = 3;
const REFUSED = 4;

type Shape = 'by idOf' | 'in order' | 'a Map';
type Answer = Row | undefined | Error;

/** What the table has of an id. */
function truth(id: number, version: number): Answer {
  if (id === REFUSED) return new Refused();
  return id === NOBODY ? undefined : { id, version };
}

type Call =
  | { readonly do: 'one'; readonly id: number }
  | { readonly do: 'many'; readonly ids: readonly number[] }
  | { readonly do: 'refresh'; readonly id: number }
  | { readonly do: 'delete'; readonly id: number };

/** What happens in one turn of the event loop, all at once; the table changes before it, or the process starts anew. */
interface Turn {
  readonly calls: readonly Call[];
  readonly before: 'change' | 'restart' | 'nothing';
}

const id = fc.integer({ min: 0, max: 7 });
const call: fc.Arbitrary<Call> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('one' as const), id }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('many' as const), ids: fc.array(id, { maxLength: 6 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('refresh' as const), id }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('delete' as const), id }) },
);
const turns = fc.array(
  fc.record({
    calls: fc.array(call, { maxLength: 8 }),
    before: fc.constantFrom<Turn['before']>('change', 'restart', 'nothing', 'nothing'),
  }),
  { maxLength: 8 },
);
const shape = fc.constantFrom<Shape>('by idOf', 'in order', 'a Map');

/** The table, the cached function over it, and what must be known of them. */
class Play {
  readonly loads: number[][] = [];
  version = 1;
  /** The version that is kept of each id. */
  kept = new Map<number, number>();
  cache: Cache;
  row: CachedBatch<number, Row | undefined>;
  readonly #store: Map<string, unknown> | undefined;
  readonly #shape: Shape;
  readonly #clock = fakeClock();

  constructor(shape: Shape, store: Map<string, unknown> | undefined) {
    this.#shape = shape;
    this.#store = store;
    this.cache = createCache({ name: 'shop', store, clock: this.#clock });
    this.row = this.#wrap();
  }

  #wrap(): CachedBatch<number, Row | undefined> {
    const rowsOf = (ids: readonly number[]): Answer[] => {
      this.loads.push([...ids]);
      return ids.map((each) => truth(each, this.version));
    };
    if (this.#shape === 'in order') return this.cache.cacheBatch(async (ids: readonly number[]) => rowsOf(ids));
    if (this.#shape === 'a Map') {
      return this.cache.cacheBatch(async (ids: readonly number[]) => {
        const rows = rowsOf(ids);
        return new Map(ids.flatMap((each, at) => (each === NOBODY ? [] : [[each, rows[at]] as const])));
      });
    }
    const load = async (ids: readonly number[]): Promise<Row[]> => {
      const rows = rowsOf(ids).filter((each): each is Row => each !== undefined && !(each instanceof Error));
      if (ids.includes(REFUSED)) throw new Refused();
      return [{ id: 99, version: 0 }, ...rows.toReversed()];
    };
    return this.cache.cacheBatch(load, { idOf: (each) => each.id });
  }

  /** Whether a load of these ids fails as a whole. */
  failsWith(ids: readonly number[]): boolean {
    return this.#shape === 'by idOf' && ids.includes(REFUSED);
  }

  async restart(): Promise<void> {
    await this.cache.close();
    if (this.#store === undefined) this.kept = new Map();
    this.cache = createCache({ name: 'shop', store: this.#store, clock: this.#clock });
    this.row = this.#wrap();
  }
}

interface Expected {
  readonly answer: Promise<Row | undefined>;
  readonly id: number;
  /** The version that was kept when it was asked; undefined when it is loaded. */
  readonly version: number | undefined;
  /** Those of one list, of which one that fails makes all of them fail. */
  readonly list: readonly Expected[];
}

/** One turn of the event loop: what it must come to is written down while it is played. */
class TurnPlay {
  readonly loaded = new Set<number>();
  /** Ids that are loaded, and not dropped since. */
  readonly flying = new Set<number>();
  readonly expected: Expected[] = [];
  readonly dropped: Promise<unknown>[] = [];
  readonly #on: Play;

  constructor(on: Play) {
    this.#on = on;
  }

  play(what: Call): void {
    const { row, kept } = this.#on;
    if (what.do === 'one') this.#expect(what.id, row(what.id), false);
    else if (what.do === 'refresh') this.#expect(what.id, row.refresh(what.id), true);
    else if (what.do === 'many') this.#expectList(what.ids, row.many(what.ids));
    else {
      this.dropped.push(row.delete(what.id));
      kept.delete(what.id);
      this.flying.delete(what.id);
    }
  }

  #expectList(ids: readonly number[], answer: Promise<(Row | undefined)[]>): void {
    answer.catch(() => undefined);
    const list: Expected[] = [];
    for (const [place, each] of ids.entries()) {
      const one = answer.then((rows) => rows[place]);
      list.push(this.#expect(each, one, false, list));
    }
  }

  #expect(id: number, answer: Promise<Row | undefined>, anew: boolean, list: Expected[] = []): Expected {
    // What the store alone has is not looked for while a run that is to replace it is under way: that run is joined.
    const joins = this.flying.has(id) && !this.#on.row.has(id);
    const version = anew || joins ? undefined : this.#on.kept.get(id);
    const one = { answer, id, version, list };
    this.expected.push(one);
    if (version !== undefined) return one;
    this.loaded.add(id);
    this.flying.add(id);
    return one;
  }
}

/** Plays one turn, and compares every answer, and what was loaded. */
async function turn(on: Play, calls: readonly Call[]): Promise<void> {
  const played = new TurnPlay(on);
  const from = on.loads.length;
  for (const each of calls) played.play(each);
  const { expected, loaded, flying } = played;
  const answers = await Promise.allSettled(expected.map(({ answer }) => answer));
  await Promise.all(played.dropped);
  expect(on.loads.slice(from)).toEqual(loaded.size === 0 ? [] : [[...loaded]]);
  const allFail = on.failsWith([...loaded]);
  const fails = (one: Expected): boolean => one.version === undefined && (allFail || one.id === REFUSED);
  for (const [place, one] of expected.entries()) {
    check(answers[place], fails(one) || one.list.some(fails), truth(one.id, one.version ?? on.version));
  }
  for (const each of flying) if (!allFail && each !== REFUSED) on.kept.set(each, on.version);
}

function check(answer: PromiseSettledResult<Row | undefined> | undefined, fails: boolean, wanted: Answer): void {
  expect(answer?.status).toBe(fails ? 'rejected' : 'fulfilled');
  if (answer?.status !== 'fulfilled') return;
  expect(answer.value).toEqual(wanted);
  // As a careless caller does.
  if (answer.value !== undefined) answer.value.version = -1;
}

async function playAll(on: Play, all: readonly Turn[]): Promise<void> {
  for (const { before, calls } of all) {
    if (before === 'restart') await on.restart();
    if (before === 'change') on.version += 1;
    await turn(on, calls);
    await on.cache.flush();
    for (const each of [0, 1, 2, NOBODY, REFUSED]) {
      expect(on.row.peek(each)).toEqual(on.row.has(each) ? truth(each, on.kept.get(each) ?? -1) : undefined);
    }
  }
  await on.cache.close();
}

test(
  'any mix of calls, lists, refreshes and drops equals the table, and loads each missing id once a turn',
  async () => {
    await fc.assert(
      fc.asyncProperty(shape, turns, (how, all) => playAll(new Play(how, undefined), all)),
      { numRuns: runs(300, 20_000) },
    );
  },
  PATIENCE,
);

/**
 * Over a store a drop may or may not meet the look-up of a call of the same turn, and what is written at the time of a
 * drop may be left unwritten: so drops have turns of their own.
 */
function dropsApart({ before, calls }: Turn): Turn[] {
  return [
    { before, calls: calls.filter((each) => each.do === 'delete') },
    { before: 'nothing', calls: calls.filter((each) => each.do !== 'delete') },
  ];
}

test(
  'any mix of calls, lists, refreshes and drops equals the table, over a store and restarts',
  async () => {
    await fc.assert(
      fc.asyncProperty(shape, turns, (how, all) => playAll(new Play(how, new Map()), all.flatMap(dropsApart))),
      { numRuns: runs(300, 20_000) },
    );
  },
  PATIENCE,
);
