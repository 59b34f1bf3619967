import type { Clock } from '@millpond/core';
import type {
  Begun,
  EntryToKeep,
  StoredEntry,
  StoreFunction,
  StoreTier,
  TagPairs,
} from '../../packages/core/src/store/index.js';
import { fakeClock, settle, type FakeClock } from '../support/fake-clock.js';
import { entryOf, untilEnded } from '../support/stores.js';
import { ModelStore, type Choice, type Fault } from './model-store.js';

/** Two processes share the store; `c` comes when all is over, and has seen nothing. */
export type ProcessName = 'a' | 'b' | 'c';

/** A step of an actor; the explorer decides when it begins. */
export type Step =
  | RunStep
  /** A run that uses the result of a run of the other function, found or computed; `known` are tags of its own. */
  | {
      readonly do: 'run outer';
      readonly known?: readonly string[];
      readonly inner: RunStep;
      /** Whether memory has the result of the inner run, from before the outer one began. */
      readonly innerFirst?: boolean;
    }
  | { readonly do: 'delete' | 'expire' | 'clear' | 'clear cache' }
  | { readonly do: 'invalidate tags'; readonly tags: readonly string[] };

interface RunStep {
  readonly do: 'run';
  readonly known?: readonly string[];
  readonly result?: readonly string[];
}

type AnyRun = Extract<Step, { do: 'run' | 'run outer' }>;
type Invalidate = Exclude<Step, AnyRun>;

/** What is played, in every order. */
export interface Scenario {
  readonly actors: readonly { readonly process: ProcessName; readonly steps: readonly Step[] }[];
  /** Whether an entry and all tokens are there at the start. */
  readonly warm: boolean;
  /** What of that the store has lost before it begins, by parts of keys. */
  readonly lost?: readonly string[];
  /** Parts of the keys whose operations may come in every order, such as `/e/`; no others may be written. */
  readonly races: readonly string[];
  /** Parts of keys whose operations take effect at once, to keep a scenario small. */
  readonly atOnce?: readonly string[];
  readonly faults?: readonly Fault[];
  /** Keys whose writes may land twice, if `faults` says so. */
  readonly resent?: readonly string[];
  /** Keys that the store may lose, each by a part of it. */
  readonly evicts?: readonly string[];
  /** Whether time may pass in one process, so that its deadlines do. */
  readonly pauses?: boolean;
  /** Processes that may end in the middle of what they do. */
  readonly ends?: readonly ProcessName[];
  /** How many things may go wrong in one play. */
  readonly mostFaults: number;
}

/** Opens the second tier of a process: the real one, or a weakened one. */
export type OpenTier = (store: ReturnType<ModelStore['of']>, clock: Clock) => StoreTier;

/** A stale read, and all that led to it. */
export interface Violation {
  readonly what: string;
  readonly trace: readonly string[];
}

interface Process {
  readonly tier: StoreTier;
  readonly clock: FakeClock;
}

/** Longer than all deadlines, and long enough for a retry; shorter than `memoryTtl`. */
const PAUSE = 1500;
const MEMORY_TTL = 10_000;
const HOUR = 3_600_000;
const STORE_TTL = 30 * 24 * HOUR;
/** How far the clock of `b` is behind that of `a`: a look-up of `a` may find entries that are two hours old or young. */
const APART = 2 * HOUR;
/** What an outer run computes is under this key, of a function of its own. */
const OUTER = 'outer';
const START = 1_700_000_000_000;
/** Turns of the event loop without anything new after which nothing comes by itself. */
const QUIET_TURNS = 3;

/** One play of a scenario: two processes over one store, and a source of data that invalidations tell the change of. */
export class World {
  readonly store: ModelStore;
  readonly #scenario: Scenario;
  readonly #open: OpenTier;
  readonly #processes = new Map<ProcessName, Process>();
  readonly #paused = new Map<ProcessName, number>();
  /** What the source holds: counted up by each change, which an invalidation then tells. */
  #source = 0;
  /** Nobody may find what is older, since the invalidation has been acknowledged. */
  #floor = 0;
  /** What a process itself may not find any more, acknowledged or not. */
  readonly #ownFloors = new Map<ProcessName, number>();
  /** Nobody may find what is older without being told that it was expired. */
  #freshFloor = 0;
  readonly #ownFreshFloors = new Map<ProcessName, number>();
  readonly #ended = new Set<ProcessName>();
  #faultsLeft: number;
  #running: number;
  #events = 0;
  violations: string[] = [];
  /** Values that were found in the store: 0 would prove nothing. */
  hits = 0;

  constructor(scenario: Scenario, open: OpenTier) {
    this.#scenario = scenario;
    this.#open = open;
    this.#faultsLeft = scenario.mostFaults;
    this.#running = scenario.actors.length;
    const among =
      (parts: readonly string[] = []) =>
      (key: string) =>
        parts.some((part) => isAt(key, part));
    const races = among(scenario.races);
    const [atOnce, resent] = [among(scenario.atOnce), among(scenario.resent)];
    this.store = new ModelStore({ races, atOnce, resent, faults: scenario.faults ?? [] });
  }

  /** Begins: from now on the explorer chooses. */
  async begin(): Promise<void> {
    for (const name of ['a', 'b'] as const) this.#enter(name);
    const [first] = this.#scenario.actors;
    const warm = first?.steps.find(isRun) ?? { do: 'run' as const };
    if (this.#scenario.warm) for (const name of ['a', 'b'] as const) await this.#runAny(name, warm, undefined);
    for (const key of this.store.data.keys())
      if (this.#scenario.lost?.some((part) => isAt(key, part))) this.store.evict(key);
    this.store.held = true;
    for (const [index, { process, steps }] of this.#scenario.actors.entries()) void this.#act(index, process, steps);
    await this.quiet();
  }

  /** What can happen next: none when all is done. Faults alone do not go on. */
  choices(): readonly Choice[] {
    const choices = this.store.choices();
    if (choices.length === 0) return [];
    if (this.#faultsLeft === 0) return choices.filter(({ fault }) => !fault);
    return [...choices, ...this.#evictions(), ...this.#pauses(), ...this.#endings()];
  }

  /** Takes a choice, and waits until all has come of it that comes by itself. */
  async take(choice: Choice): Promise<void> {
    if (choice.fault) this.#faultsLeft -= 1;
    this.#events += 1;
    await choice.take();
    await this.quiet();
  }

  /** The whole state, as a text. */
  state(): string {
    const floors = [this.#ownFloors, this.#ownFreshFloors].map((own) => [...own].sort());
    const ended = [...this.#ended].sort();
    const own = [this.#source, this.#floor, this.#freshFloor, floors, ended, this.#faultsLeft];
    return JSON.stringify([own, this.store.state()]);
  }

  /** All is done: what do the processes find, and one that comes now? Again when they have forgotten, and much later. */
  async end(): Promise<void> {
    if (this.#running > 0 && this.#ended.size === 0)
      throw new Error('an actor waits for something that nobody will do');
    this.store.held = false;
    for (const { tier } of this.#alive()) await tier.flush();
    this.#floor = Math.max(this.#floor, ...this.#ofTheLiving(this.#ownFloors));
    this.#freshFloor = Math.max(this.#freshFloor, ...this.#ofTheLiving(this.#ownFreshFloors));
    await this.#everybodyLooks('when all is done');
    await this.#timePasses(MEMORY_TTL + 1);
    await this.#everybodyLooks('after memoryTtl');
    for (const [when, elapsed] of LATER) {
      await this.#timePasses(elapsed);
      this.store.endLives(elapsed);
      await this.#everybodyLooks(when);
    }
  }

  /** Waits until nothing comes by itself any more. */
  async quiet(): Promise<void> {
    const size = (): number => this.store.choices().length + this.#events;
    for (let turns = 0, before = size(); turns < QUIET_TURNS; turns += 1) {
      await settle();
      if (size() === before) continue;
      before = size();
      turns = 0;
    }
  }

  #enter(name: ProcessName): Process {
    const clock = fakeClock(name === 'b' ? START - APART : START);
    const process = { clock, tier: this.#open(this.store.of(name), clock) };
    this.#processes.set(name, process);
    return process;
  }

  #process(name: ProcessName): Process {
    return this.#processes.get(name) ?? this.#enter(name);
  }

  async #act(index: number, process: ProcessName, steps: readonly Step[]): Promise<void> {
    for (const [place, step] of steps.entries()) {
      const name = `${process}${index}.${place} ${step.do}`;
      await this.store.gate(process, name);
      if (isRun(step)) await this.#runAny(process, step, name);
      else await this.#invalidate(process, step);
    }
    this.#running -= 1;
    this.#events += 1;
  }

  async #runAny(process: ProcessName, step: AnyRun, name: string | undefined): Promise<void> {
    if (step.do === 'run') await this.#run(process, step, name);
    else await this.#runOuter(process, step, name);
  }

  /** A whole run: it looks, reads the source when it finds nothing fresh, and keeps what it read. */
  async #run(process: ProcessName, step: RunStep, name: string | undefined): Promise<Result> {
    const { known = [], result = [] } = step;
    const { found, begun } = await this.#look(process, 'k', known, 'while it goes on');
    if (found !== undefined) return { value: Number(found.payload), pairs: found.pairs };
    const value = this.#source;
    this.store.note(process, `computed ${value}`);
    return { value, pairs: await this.#keep(process, { key: 'k', begun, value, tags: [...known, ...result], name }) };
  }

  async #runOuter(
    process: ProcessName,
    { known = [], inner, innerFirst = false }: Exclude<AnyRun, RunStep>,
    name: string | undefined,
  ): Promise<void> {
    const remembered = innerFirst ? await this.#run(process, inner, name) : undefined;
    if (innerFirst && name !== undefined) await this.store.gate(process, `${name} begins`);
    const { found, begun } = await this.#look(process, OUTER, known, 'while it goes on');
    if (found !== undefined) return;
    const { value, pairs } = remembered ?? (await this.#run(process, inner, name));
    const inherited = [Promise.resolve(pairs)];
    await this.#keep(process, { key: OUTER, begun, value, tags: known, inherited, name: name && `${name}, outer,` });
  }

  async #keep(process: ProcessName, kept: ToKeep): ReturnType<StoreFunction['keep']> {
    const { key, begun, value, tags, inherited = [], name } = kept;
    if (name !== undefined) await this.store.gate(process, `${name} keeps`);
    const fn = untilEnded(functionOf(this.#process(process).tier, key));
    const pairs = await fn.keep(key, begun, entryOf(String(value), { ttl: undefined, tags, inherited }));
    this.#events += 1;
    return pairs;
  }

  /** What is found that is fresh. */
  async #look(
    process: ProcessName,
    key: string,
    known: readonly string[],
    when: string,
  ): Promise<{ found: StoredEntry | undefined; begun: Begun }> {
    const least = Math.max(this.#floor, this.#ownFloors.get(process) ?? 0);
    const leastFresh = Math.max(least, this.#freshFloor, this.#ownFreshFloors.get(process) ?? 0);
    this.store.note(process, `looks for ${least}, ${leastFresh}`);
    const { found, begun } = await functionOf(this.#process(process).tier, key).lookup(key, known);
    this.#events += 1;
    if (found === undefined) return { found, begun };
    this.hits += 1;
    const isFresh = found.expiredFor === undefined;
    if (Number(found.payload) < (isFresh ? leastFresh : least)) {
      const how = isFresh ? 'fresh, ' : '';
      this.violations.push(
        `${process} finds ${found.payload} ${how}${when}: ${least}, or ${leastFresh} fresh, is right`,
      );
    }
    return { found: isFresh ? found : undefined, begun };
  }

  async #invalidate(process: ProcessName, step: Invalidate): Promise<void> {
    this.#source += 1;
    const changed = this.#source;
    this.store.note(process, `changed ${changed}`);
    const outcome = await send(this.#process(process).tier, step);
    this.#events += 1;
    const own = step.do === 'expire' ? this.#ownFreshFloors : this.#ownFloors;
    own.set(process, Math.max(own.get(process) ?? 0, changed));
    if (outcome === 'pending') return;
    if (step.do === 'expire') this.#freshFloor = Math.max(this.#freshFloor, changed);
    else this.#floor = Math.max(this.#floor, changed);
  }

  #evictions(): Choice[] {
    const parts = this.#scenario.evicts ?? [];
    const keys = [...this.store.data.keys()].filter((key) => parts.some((part) => isAt(key, part)));
    return keys.map((key) => ({ name: `the store loses ${key}`, fault: true, take: () => this.store.evict(key) }));
  }

  #pauses(): Choice[] {
    if (this.#scenario.pauses !== true) return [];
    const asked = [...this.#processes].filter(([name]) => this.store.isAsked(name) && !this.#ended.has(name));
    return asked.map(([name, { clock }]) => {
      const times = (this.#paused.get(name) ?? 0) + 1;
      const pause = `time passes in ${name}, ${times}`;
      const take = async (): Promise<void> => {
        this.#paused.set(name, times);
        this.store.note(name, pause);
        await clock.advance(PAUSE);
      };
      return { name: pause, fault: true, take };
    });
  }

  #endings(): Choice[] {
    const { ends = [] } = this.#scenario;
    const asked = ends.filter((name) => this.store.isAsked(name) && !this.#ended.has(name));
    return asked.map((name) => {
      const take = (): void => {
        this.#ended.add(name);
        this.store.endProcess(name);
      };
      return { name: `${name} ends`, fault: true, take };
    });
  }

  #alive(): Process[] {
    return [...this.#processes].filter(([name]) => !this.#ended.has(name)).map(([, process]) => process);
  }

  /** What was promised to a process that has ended, and to nobody else, was lost with it. */
  #ofTheLiving(floors: ReadonlyMap<ProcessName, number>): number[] {
    return [...floors].filter(([name]) => !this.#ended.has(name)).map(([, floor]) => floor);
  }

  async #everybodyLooks(when: string): Promise<void> {
    const steps = this.#scenario.actors.flatMap((actor) => actor.steps);
    const outer = steps.filter((step) => step.do === 'run outer');
    const known = [...steps, ...outer.map(({ inner }) => inner)].flatMap((step) =>
      step.do === 'run' ? step.known : [],
    );
    for (const name of ['a', 'b', 'c'] as const) {
      if (this.#ended.has(name)) continue;
      await this.#look(name, 'k', [...new Set(known)].filter(isText), when);
      if (outer.length > 0)
        await this.#look(
          name,
          OUTER,
          outer.flatMap((step) => step.known ?? []),
          when,
        );
    }
  }

  async #timePasses(ms: number): Promise<void> {
    for (const { clock } of this.#alive()) await clock.advance(ms);
  }
}

/** Moments at which what lives shorter is gone: the shortest tombstones, and all of them. */
const LATER: readonly (readonly [when: string, elapsed: number])[] = [
  ['after an hour', HOUR],
  ['when the tombstones and marks are gone', STORE_TTL + HOUR],
];

interface Result {
  readonly value: number;
  readonly pairs: TagPairs | undefined;
}

interface ToKeep {
  readonly key: string;
  readonly begun: Begun;
  readonly value: number;
  readonly tags: readonly string[];
  readonly inherited?: EntryToKeep['inherited'];
  readonly name: string | undefined;
}

function isRun(step: Step): step is AnyRun {
  return step.do === 'run' || step.do === 'run outer';
}

function isText(tag: string | undefined): tag is string {
  return tag !== undefined;
}

/** The function that all actors call; what an outer run computes is of another one. */
function functionOf(tier: StoreTier, key: string): StoreFunction {
  const name = key === OUTER ? 'getPage' : 'getUser';
  return tier.function({ name, version: 'v1', shown: name, maxValueBytes: 2 ** 24 });
}

function send(tier: StoreTier, step: Invalidate): ReturnType<StoreTier['clear']> {
  switch (step.do) {
    case 'delete':
      return functionOf(tier, 'k').delete('k');
    case 'expire':
      return functionOf(tier, 'k').expire('k');
    case 'clear':
      return functionOf(tier, 'k').clear();
    case 'clear cache':
      return tier.clear();
    case 'invalidate tags':
      return tier.invalidateTags(step.tags);
  }
}

/** Whether a key is of a kind: `/e/`, `/d/`, `/n/`, `/x/`, `/f/` and `/t/` by what they contain, `/c` and `/i` by their end. */
function isAt(key: string, part: string): boolean {
  return part.endsWith('/') ? key.includes(part) : key.endsWith(part);
}
