import { isWanted, tagsOf, ttlOf, valueOf, type Policy, type Spec, type Value } from './functions.js';
import { argumentOf, LONGEST_WINDOW, WINDOWS } from './functions.js';
import { stateOf, UNKNOWN, Used, type Kept, type State } from './kept.js';
import { Process, Shared, type Counts } from './tiers.js';

/** How long a process trusts its memory when there is a store, and a refresh that failed is not tried again. */
export const MEMORY_TTL = 10_000;
export const COOLDOWN = 13_000;

/** What a call or a run comes to: a value, or what the function threw, as a text. */
export type Outcome = Value | string;

/** What is not served inside a refresh. */
const NOTHING_STALE: Policy = { staleWhileRevalidate: 0, staleIfError: 0 };

/** The reference: what a cache answers, keeps and counts, when one thing is asked of it after the other. */
export class Model {
  now = 0;
  /** The version of the world, which values and failures tell. */
  version = 0;
  /** The process that is asked. */
  here = new Process();
  readonly failing = new Map<string, 'Fault' | 'Missing'>();
  readonly #specs: ReadonlyMap<string, Spec>;
  readonly #shared: Shared | undefined;

  constructor(specs: readonly Spec[], hasStore: boolean) {
    this.#specs = new Map(specs.map((spec) => [spec.name, spec]));
    this.#shared = hasStore ? new Shared() : undefined;
  }

  /** A call, of so many callers at once. */
  call(spec: Spec, id: number, policy: Policy = {}, callers = 1, used = new Used()): Outcome {
    if (policy.forceFresh === true) return this.refresh(spec, id);
    const governs = used.inRefresh ? NOTHING_STALE : policy;
    const { kept, inStore } = this.#find(spec, id, governs);
    const state = stateOf(kept, spec, governs, this.now);
    if (kept === undefined || state === 'over') return this.#run(spec, id, callers, used, undefined, inStore);
    if (state === 'fallback') return this.#run(spec, id, callers, used, kept, inStore);
    const value = used.add(kept, spec, this.now);
    // Of those who ask the store at once, one does, and the others join.
    const joins = inStore ? callers - 1 : 0;
    this.countsOf(spec).joins += joins;
    this.countsOf(spec)[state === 'fresh' ? 'hits' : 'stale'] += callers - joins;
    if (state === 'stale') this.#refreshBehind(spec, id);
    return value;
  }

  /** By a failure that is kept, or a run; by something stale in the place of a failure. */
  #run(spec: Spec, id: number, callers: number, used: Used, stale: Kept | undefined, inStore: boolean): Outcome {
    const counts = this.countsOf(spec);
    const failure = this.failure(spec, id);
    const made = failure ?? this.begin(spec, id, used.inRefresh)();
    // A failure that is kept is known at once, unless the store is to be asked for something stale.
    const atOnce = failure !== undefined && (this.#sharedOf(spec) === undefined || (stale !== undefined && !inStore));
    if (!atOnce) counts.joins += callers - 1;
    if (typeof made !== 'string') {
      counts.misses += 1;
      return used.add(made, spec, this.now);
    }
    if (stale !== undefined) {
      counts.stale += callers;
      return used.add(stale, spec, this.now);
    }
    if (failure === undefined) counts.misses += 1;
    else counts.hits += atOnce ? callers : 1;
    return made;
  }

  #refreshBehind(spec: Spec, id: number): void {
    const { cooldowns } = this.here;
    if (this.now < (cooldowns.get(keyOf(spec, id)) ?? 0)) return;
    const made = this.begin(spec, id, true)();
    if (typeof made === 'string') cooldowns.set(keyOf(spec, id), this.now + COOLDOWN);
  }

  refresh(spec: Spec, id: number): Outcome {
    this.countsOf(spec).misses += 1;
    const made = this.begin(spec, id, false, true)();
    return typeof made === 'string' ? made : made.value;
  }

  /** Begins a run; what it returns ends it. What was outdated meanwhile is not kept. */
  begin(spec: Spec, id: number, inRefresh: boolean, replaces = false): (isOutdated?: boolean) => Kept | string {
    const { version } = this;
    const clears = this.#sharedOf(spec)?.clears ?? Infinity;
    const used = new Used(inRefresh);
    const parts: Value[] = [];
    let fault: string | undefined;
    this.countsOf(spec).runs += 1;
    for (const use of spec.uses ?? []) {
      const part = fault ?? this.call(this.#spec(use), id, {}, 1, used);
      if (typeof part === 'string') fault = part;
      else parts.push(part);
    }
    const failing = this.failing.get(spec.name);
    if (failing !== undefined) fault ??= `${failing}: ${spec.name} ${id} at ${version}`;
    return (isOutdated = false) => {
      if (fault !== undefined) return this.#fail(spec, id, fault, isOutdated);
      const value = valueOf(argumentOf(id), version, parts);
      const kept = this.#entry(spec, value, spec.inherit === false ? new Used() : used, clears);
      if (!isOutdated) this.here.failures.delete(keyOf(spec, id));
      if (!isOutdated && isWanted(spec, value)) this.#keep(spec, id, kept, replaces);
      return kept;
    };
  }

  #fail(spec: Spec, id: number, fault: string, isOutdated: boolean): string {
    const { errorTtl, onlyMissing, tags = [] } = spec;
    this.countsOf(spec).errors += 1;
    const isKept = !isOutdated && (onlyMissing !== true || fault.startsWith('Missing'));
    if (errorTtl === undefined || !isKept) return fault;
    const failure = { fault, at: this.now, until: this.now + errorTtl, tags: tags === 'result' ? [] : tags };
    this.here.failures.set(keyOf(spec, id), failure);
    return fault;
  }

  #entry(spec: Spec, value: Value, used: Used, clears = this.#sharedOf(spec)?.clears ?? Infinity): Kept {
    const shared = this.#sharedOf(spec);
    for (const tag of tagsOf(spec, value)) used.addTag(tag, shared?.token(tag));
    return {
      value,
      at: this.now,
      until: Math.min(this.now + ttlOf(spec, value), used.until),
      revalidate: used.revalidate,
      error: used.error,
      tags: new Map([...used.tags].map(([tag, token]) => [tag, token ?? shared?.token(tag)])),
      clears: Math.min(clears, used.clears),
      trusted: Math.min(
        shared === undefined ? Infinity : this.now + MEMORY_TTL,
        // Of what was made of something cleared, memory knows no more than of that.
        shared !== undefined && used.clears < clears ? used.allTrusted : used.trusted,
      ),
    };
  }

  #keep(spec: Spec, id: number, kept: Kept, replaces: boolean): void {
    const key = keyOf(spec, id);
    this.here.kept.set(key, kept);
    this.here.cooldowns.delete(key);
    // What was stale from the begin is of no use to other processes, and what is unknown could not be outdated there.
    const isKnown = ![...kept.tags.values()].includes(UNKNOWN) && kept.clears >= (this.#shared?.clears ?? 0);
    const isOfUse = kept.until > this.now && isKnown;
    if (isOfUse) this.#share(spec, key, kept);
    // What somebody has replaced does not come back.
    else if (replaces) this.#sharedOf(spec)?.kept.delete(key);
  }

  /** What was made of something that another process has outdated leaves memory as soon as the store tells so. */
  #share(spec: Spec, key: string, kept: Kept): void {
    const shared = this.#sharedOf(spec);
    shared?.kept.set(key, kept);
    const isOutdated = [...kept.tags].some(([tag, token]) => shared !== undefined && token !== shared.token(tag));
    if (isOutdated) this.here.kept.delete(key);
  }

  prime(spec: Spec, id: number, value: Value): void {
    this.here.failures.delete(keyOf(spec, id));
    this.#keep(spec, id, this.#entry(spec, value, new Used()), true);
  }

  /** In memory, while that is trusted; else in the store, if what that has is newer. */
  #find(spec: Spec, id: number, policy: Policy): { readonly kept: Kept | undefined; readonly inStore: boolean } {
    const key = keyOf(spec, id);
    const kept = this.#trusted(key);
    const state = stateOf(kept, spec, policy, this.now);
    const stored = this.#sharedOf(spec)?.get(key);
    const isOlder = stored === undefined || stored.at <= (kept?.at ?? -1);
    if (isOlder || this.#serves(spec, id, state)) return { kept, inStore: false };
    const promoted = { ...stored, trusted: this.now + MEMORY_TTL };
    this.here.kept.set(key, promoted);
    if ((this.here.failures.get(key)?.at ?? Infinity) <= stored.at) this.here.failures.delete(key);
    return { kept: promoted, inStore: true };
  }

  /** Whether what memory trusts answers by itself; also in the place of a failure that is kept, without asking the store. */
  #serves(spec: Spec, id: number, state: State): boolean {
    return state === 'fresh' || state === 'stale' || (state === 'fallback' && this.failure(spec, id) !== undefined);
  }

  #trusted(key: string): Kept | undefined {
    const kept = this.here.kept.get(key);
    return kept !== undefined && this.now < kept.trusted ? kept : undefined;
  }

  /** The failure that is kept of a call. */
  failure(spec: Spec, id: number): string | undefined {
    const failure = this.here.failures.get(keyOf(spec, id));
    return failure !== undefined && this.now < failure.until ? failure.fault : undefined;
  }

  /** Whether a call waits for a run of its own. */
  needsRun(spec: Spec, id: number): boolean {
    const state = stateOf(this.#find(spec, id, {}).kept, spec, {}, this.now);
    return state !== 'fresh' && state !== 'stale' && this.failure(spec, id) === undefined;
  }

  /** What memory holds and would serve. */
  peek(spec: Spec, id: number): Value | undefined {
    const kept = this.#trusted(keyOf(spec, id));
    const state = stateOf(kept, spec, {}, this.now);
    return state === 'fresh' || state === 'stale' ? kept?.value : undefined;
  }

  expire(spec: Spec, id: number): void {
    const key = keyOf(spec, id);
    for (const tier of [this.here, this.#shared]) {
      const kept = tier?.kept.get(key);
      if (kept !== undefined) tier?.kept.set(key, { ...kept, until: Math.min(kept.until, this.now) });
    }
    this.here.failures.delete(key);
  }

  /** Whether a stored value was expired before. */
  wasExpired(spec: Spec, id: number): boolean {
    const stored = this.#shared?.get(keyOf(spec, id));
    return stored !== undefined && stored.until < stored.at + ttlOf(spec, stored.value);
  }

  /** Drops one call, one function, or everything. */
  drop(isMeant: (key: string) => boolean): void {
    for (const kept of [this.here.kept, this.here.failures, this.#shared?.kept]) {
      for (const key of kept?.keys() ?? []) if (isMeant(key)) kept?.delete(key);
    }
  }

  /** Drops everything, for ever. */
  clearAll(): void {
    this.drop(() => true);
    if (this.#shared !== undefined) this.#shared.clears += 1;
  }

  invalidate(tag: string): void {
    this.#shared?.invalidate(tag);
    for (const [key, { tags }] of this.here.kept) if (tags.has(tag)) this.here.kept.delete(key);
    for (const [key, { tags }] of this.here.failures) if (tags.includes(tag)) this.here.failures.delete(key);
  }

  /** Something had to leave memory at an instant: only where there was no room. */
  evicted(key: string, at: number): void {
    const { name, maxEntries = Infinity } = this.#spec(nameIn(key));
    const useful = [...this.here.kept].filter(([other, { until }]) => {
      return nameIn(other) === name && at < until + LONGEST_WINDOW;
    });
    if (useful.length <= maxEntries) throw new Error(`${key} was evicted, and there was room`);
    this.here.kept.delete(key);
  }

  /** The instants at which something changes by itself, from the next on. */
  instants(): readonly number[] {
    const { kept, failures, cooldowns } = this.here;
    const all = [...cooldowns.values(), ...[...failures.values()].map(({ until }) => until)];
    for (const [key, { at, until, revalidate, error, trusted }] of kept) {
      const { staleWhileRevalidate = 0, staleIfError = 0 } = this.#spec(nameIn(key));
      const windows = [0, staleWhileRevalidate, staleIfError, ...WINDOWS].map((window) => until + window);
      all.push(at + 2000, at + 8000, ...windows, revalidate, error, trusted);
    }
    return [...new Set(all)].filter((instant) => instant > this.now && instant < Infinity).sort((a, b) => a - b);
  }

  countsOf({ name }: Spec): Counts {
    const counts = this.here.counts.get(name) ?? { hits: 0, misses: 0, joins: 0, stale: 0, errors: 0, runs: 0 };
    this.here.counts.set(name, counts);
    return counts;
  }

  #sharedOf({ sync }: Spec): Shared | undefined {
    return sync === true ? undefined : this.#shared;
  }

  #spec(name: string): Spec {
    const spec = this.#specs.get(name);
    if (spec === undefined) throw new Error(`there is no function ${name}`);
    return spec;
  }
}

function keyOf({ name }: Spec, id: number): string {
  return `${name} ${id}`;
}

function nameIn(key: string): string {
  return key.slice(0, key.indexOf(' '));
}
