import type { Clock } from '@millpond/core';
import type { Begun, StoreTier } from '../../packages/core/src/store/index.js';
import { fakeClock, settle, type FakeClock } from '../support/fake-clock.js';
import { entryOf } from '../support/stores.js';
import { ModelStore, type Choice, type Fault } from './model-store.js';

/** Two processes share the store; `c` comes when all is over, and has seen nothing. */
export type ProcessName = 'a' | 'b' | 'c';

/** A step of an actor; the explorer decides when it begins. */
export type Step =
  | { readonly do: 'run'; readonly known?: readonly string[]; readonly result?: readonly string[] }
  | { readonly do: 'delete' | 'clear' | 'clear cache' }
  | { readonly do: 'invalidate tags'; readonly tags: readonly string[] };

/** What is played, in every order. */
export interface Scenario {
  readonly actors: readonly { readonly process: ProcessName; readonly steps: readonly Step[] }[];
  /** Whether an entry and all tokens are there at the start. */
  readonly warm: boolean;
  /** What of that the store has lost before it begins, by parts of keys. */
  readonly lost?: readonly string[];
  /** Parts of the keys whose operations may come in every order, such as `/e/`; no others may be written. */
  readonly races: readonly string[];
  readonly faults?: readonly Fault[];
  /** Keys whose writes may land twice, if `faults` says so. */
  readonly resent?: readonly string[];
  /** Keys that the store may lose, each by a part of it. */
  readonly evicts?: readonly string[];
  /** Whether time may pass in one process, so that its deadlines do. */
  readonly pauses?: boolean;
  /** Whether it is not asked what is found when the tombstones are gone, which live for an hour. */
  readonly tombstonesStay?: boolean;
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
const TOMBSTONE_LIFE = 3_600_000;
/** How far the clock of `b` is behind that of `a`: a look-up of `a` may find entries that are two hours old or young. */
const APART = 2 * TOMBSTONE_LIFE;
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
    const [races, resent] = [among(scenario.races), among(scenario.resent)];
    this.store = new ModelStore({ races, resent, faults: scenario.faults ?? [] });
  }

  /** Begins: from now on the explorer chooses. */
  async begin(): Promise<void> {
    for (const name of ['a', 'b'] as const) this.#enter(name);
    const [first] = this.#scenario.actors;
    const warm = first?.steps.find((step) => step.do === 'run') ?? { do: 'run' as const };
    if (this.#scenario.warm) for (const name of ['a', 'b'] as const) await this.#run(name, warm, undefined);
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
    return [...choices, ...this.#evictions(), ...this.#pauses()];
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
    const floors = [...this.#ownFloors].map(([name, floor]) => `${name} ${floor}`).sort();
    return JSON.stringify([this.#source, this.#floor, floors, this.#faultsLeft, this.store.state()]);
  }

  /** All is done: what do the processes find, and one that comes now? Again when they have forgotten, and much later. */
  async end(): Promise<void> {
    if (this.#running > 0) throw new Error('an actor waits for something that nobody will do');
    this.store.held = false;
    for (const { tier } of this.#processes.values()) await tier.flush();
    this.#floor = Math.max(this.#floor, ...this.#ownFloors.values());
    await this.#everybodyLooks('when all is done');
    await this.#timePasses(MEMORY_TTL + 1);
    await this.#everybodyLooks('after memoryTtl');
    if (this.#scenario.tombstonesStay === true) return;
    await this.#timePasses(TOMBSTONE_LIFE);
    for (const key of this.store.data.keys()) if (isAt(key, '/d/')) this.store.evict(key);
    await this.#everybodyLooks('when the tombstones are gone');
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
      if (step.do === 'run') await this.#run(process, step, name);
      else await this.#invalidate(process, step);
    }
    this.#running -= 1;
    this.#events += 1;
  }

  /** A whole run: it looks, reads the source when it finds nothing, and keeps what it read. */
  async #run(process: ProcessName, step: Step & { do: 'run' }, name: string | undefined): Promise<void> {
    const fn = functionOf(this.#process(process).tier);
    const { found, begun } = await this.#look(process, step.known ?? [], 'while it goes on');
    if (found !== undefined) return;
    const value = this.#source;
    this.store.note(process, `computed ${value}`);
    if (name !== undefined) await this.store.gate(process, `${name} keeps`);
    await fn.keep(
      'k',
      begun,
      entryOf(String(value), { ttl: undefined, tags: [...(step.known ?? []), ...(step.result ?? [])] }),
    );
    this.#events += 1;
  }

  async #look(process: ProcessName, known: readonly string[], when: string): Promise<{ found: unknown; begun: Begun }> {
    const least = Math.max(this.#floor, this.#ownFloors.get(process) ?? 0);
    this.store.note(process, `looks for ${least}`);
    const { found, begun } = await functionOf(this.#process(process).tier).lookup('k', known);
    this.#events += 1;
    if (found === undefined) return { found, begun };
    this.hits += 1;
    if (Number(found.payload) < least) {
      this.violations.push(`${process} finds ${found.payload} ${when}, and ${least} was the least it may find`);
    }
    return { found, begun };
  }

  async #invalidate(process: ProcessName, step: Exclude<Step, { do: 'run' }>): Promise<void> {
    this.#source += 1;
    const changed = this.#source;
    this.store.note(process, `changed ${changed}`);
    const outcome = await send(this.#process(process).tier, step);
    this.#events += 1;
    this.#ownFloors.set(process, Math.max(this.#ownFloors.get(process) ?? 0, changed));
    if (outcome === 'acknowledged') this.#floor = Math.max(this.#floor, changed);
  }

  #evictions(): Choice[] {
    const parts = this.#scenario.evicts ?? [];
    const keys = [...this.store.data.keys()].filter((key) => parts.some((part) => isAt(key, part)));
    return keys.map((key) => ({ name: `the store loses ${key}`, fault: true, take: () => this.store.evict(key) }));
  }

  #pauses(): Choice[] {
    if (this.#scenario.pauses !== true) return [];
    const asked = [...this.#processes].filter(([name]) => this.store.isAsked(name));
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

  async #everybodyLooks(when: string): Promise<void> {
    const known = this.#scenario.actors.flatMap(({ steps }) =>
      steps.flatMap((step) => (step.do === 'run' ? (step.known ?? []) : [])),
    );
    for (const name of ['a', 'b', 'c'] as const) await this.#look(name, [...new Set(known)], when);
  }

  async #timePasses(ms: number): Promise<void> {
    for (const { clock } of this.#processes.values()) await clock.advance(ms);
  }
}

/** The function that all actors call. */
function functionOf(tier: StoreTier): ReturnType<StoreTier['function']> {
  return tier.function({ name: 'getUser', version: 'v1', shown: 'getUser', maxValueBytes: 2 ** 24 });
}

function send(tier: StoreTier, step: Exclude<Step, { do: 'run' }>): ReturnType<StoreTier['clear']> {
  switch (step.do) {
    case 'delete':
      return functionOf(tier).delete('k');
    case 'clear':
      return functionOf(tier).clear();
    case 'clear cache':
      return tier.clear();
    case 'invalidate tags':
      return tier.invalidateTags(step.tags);
  }
}

/** Whether a key is of a kind: `/e/`, `/d/`, `/f/` and `/t/` by what they contain, `/c` and `/i` by their end. */
function isAt(key: string, part: string): boolean {
  return part.endsWith('/') ? key.includes(part) : key.endsWith(part);
}
