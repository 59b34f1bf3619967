import type { Clock } from '@millpond/core';
import type { Begun, StoredEntry, StoreFunction, StoreTier } from '../../packages/core/src/store/index.js';
import { fakeClock, settle, type FakeClock } from '../support/fake-clock.js';
import { entryOf, untilEnded } from '../support/stores.js';
import { ModelStore, type Choice } from './model-store.js';
import { Promises, wrongWith } from './promises.js';
import {
  functionOf,
  isAt,
  isRun,
  knownBefore,
  OUTER,
  send,
  type AnyRun,
  type Invalidate,
  type ProcessName,
  type Result,
  type RunStep,
  type Scenario,
  type Step,
  type ToKeep,
} from './steps.js';

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
  readonly #promises = new Promises();
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
    if (this.#scenario.noted === true) await functionOf(this.#process('b').tier, 'k').delete('another');
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
    const own = [this.#source, this.#promises.state(), [...this.#ended].sort(), this.#faultsLeft];
    return JSON.stringify([own, this.store.state()]);
  }

  /** All is done: what do the processes find, and one that comes now? Again when they have forgotten, and much later. */
  async end(): Promise<void> {
    if (this.#running > 0 && this.#ended.size === 0)
      throw new Error('an actor waits for something that nobody will do');
    this.store.held = false;
    for (const { tier } of this.#alive()) await tier.flush();
    this.#promises.settle(this.#ended);
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
    if (step.do === 'run') await this.#run(step.by ?? process, step, name);
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
    const least = this.#promises.least(process);
    this.store.note(process, `looks for ${least.any}, ${least.fresh}`);
    const { found, begun } = await functionOf(this.#process(process).tier, key).lookup(key, known);
    this.#events += 1;
    if (found === undefined) return { found, begun };
    this.hits += 1;
    const wrong = wrongWith(found, least);
    if (wrong !== undefined) this.violations.push(`${process} ${wrong}, ${when}`);
    return { found: found.expiredFor === undefined ? found : undefined, begun };
  }

  async #invalidate(process: ProcessName, step: Invalidate): Promise<void> {
    this.#source += 1;
    const changed = this.#source;
    this.store.note(process, `changed ${changed}`);
    const outcome = await send(this.#process(process).tier, step);
    this.#events += 1;
    this.#promises.make(process, step, changed, outcome);
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

  async #everybodyLooks(when: string): Promise<void> {
    const runs = this.#scenario.actors.flatMap(({ steps }) => steps.filter(isRun));
    const outer = runs.filter((run) => run.do === 'run outer');
    const inner = runs.map((run) => (run.do === 'run' ? run : run.inner));
    for (const name of ['a', 'b', 'c'] as const) {
      if (this.#ended.has(name)) continue;
      await this.#look(name, 'k', knownBefore(inner), when);
      if (outer.length > 0) await this.#look(name, OUTER, knownBefore(outer), when);
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
