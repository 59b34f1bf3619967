import { attempt } from './attempt.js';
import { inRootContext } from '../context.js';
import { keep, type Kept } from '../copy/index.js';
import { stateOf, uselessFrom, type DataEntry } from './data-entry.js';
import type { AsyncPart, DataFunctionParts } from './data-parts.js';
import { expireIn } from './expire.js';
import { passedOn } from './passed-on.js';
import { placeIn, type Acts } from '../effect/index.js';
import { recursiveCall } from '../errors/index.js';
import type { MissReason } from '../events.js';
import { FastLane, MORE } from './fast-lane.js';
import { isKnownHit } from './known-hit.js';
import { syncEntry } from './sync-entry.js';
import { beginSyncRun, standsIn, withInherited, type SyncRun } from './sync-run.js';
import { explainDataSync } from '../observe/explain-data.js';
import type { Explanation } from '../observe/explanation.js';
import { record } from '../run/inherited.js';
import { currentRecorder, onTheStack } from '../run/run-context.js';
import { inRootContextWithScopes } from '../scope/index.js';

/** What a synchronous function needs of the parts of a data function. */
export type DataSyncParts = Omit<DataFunctionParts, AsyncPart>;

/** One call. */
interface SyncCall {
  readonly key: string;
  readonly self: unknown;
  readonly args: readonly unknown[];
}

/** The life of the calls of one synchronous data function. */
export class DataSyncFunction {
  readonly #parts: DataSyncParts;
  readonly #running = new Map<string, SyncRun>();
  readonly #lane: FastLane;
  readonly #aliases: DataSyncParts['aliases'];

  constructor(parts: DataSyncParts) {
    this.#parts = parts;
    this.#aliases = parts.aliases;
    this.#lane = new FastLane(parts);
  }

  /** Answers a call with one argument by what memory has, where there is nothing else to do; else with {@link MORE}. */
  hit(only: unknown): unknown {
    const known = this.#aliases?.singles.get(only);
    return known !== undefined && this.#lane.takes(known) ? this.#lane.answer(known) : MORE;
  }

  call(self: unknown, args: readonly unknown[]): unknown {
    const known = this.#aliases?.find(args);
    if (known !== undefined && this.#lane.takes(known)) return this.#lane.answer(known);
    return this.#longWay(self, args, known);
  }

  /** Where there may be more to do than to hand out what an alias has led to. */
  #longWay(self: unknown, args: readonly unknown[], known: DataEntry | undefined): unknown {
    const { host, keyer, settings } = this.#parts;
    if (!host.settings.enabled || host.closed) return this.#passThrough(self, args);
    const isHit = known !== undefined && isKnownHit(this.#parts, known, settings.policy);
    if (!isHit) return this.#answer({ key: keyer.keyOf(self, args), self, args });
    this.#lane.admit(known);
    return this.#hit(known, host.coarse.now());
  }

  #answer(call: SyncCall): unknown {
    const { shelf, aliases, report, settings } = this.#parts;
    const entry = shelf.get(call.key);
    if (entry === undefined) return this.#unlessFailed(call, report.goneBecause(call.key) ?? 'cold', undefined);
    const now = this.#now();
    const state = stateOf(entry, now, settings.policy);
    switch (state) {
      case 'fresh':
        aliases?.note(call.args, entry);
        return this.#hit(entry, now);
      case 'fallback':
      case 'stale':
        // Inside a refresh nothing stale is served (hazard 15).
        return this.#unlessFailed(call, 'expired', currentRecorder()?.refreshes === true ? undefined : entry);
      case 'expired':
      case 'memory-ttl':
      case 'invalidated':
        shelf.remove(entry, state === 'invalidated' ? 'delete' : 'expire');
        return this.#unlessFailed(call, state === 'invalidated' ? 'tag' : state, undefined);
    }
  }

  #hit(entry: DataEntry, now: number): unknown {
    const { shelf, report, settings } = this.#parts;
    shelf.touch(entry);
    report.hit(entry, 'memory', Math.max(0, now - entry.createdAt), entry.computeMs, settings.policy);
    return this.#handOut(entry, entry);
  }

  refresh(self: unknown, args: readonly unknown[]): unknown {
    const { host, keyer } = this.#parts;
    if (!host.settings.enabled || host.closed) return this.#passThrough(self, args);
    return this.#compute({ key: keyer.keyOf(self, args), self, args }, 'refresh', undefined);
  }

  /** What a disabled or closed cache does: it runs the function, and keeps nothing. */
  #passThrough(self: unknown, args: readonly unknown[]): unknown {
    const run = beginSyncRun(this.#parts, undefined);
    try {
      return this.#run(undefined, self, args, run);
    } finally {
      this.#act(undefined, run.script?.recorded());
    }
  }

  /** Lets effects act for the caller, or notes them in the run that calls. */
  #act(key: string | undefined, acts: Acts | undefined): void {
    const { host, report } = this.#parts;
    if (acts !== undefined) host.effects.handOut(acts, placeIn(currentRecorder()), report.fn, key);
  }

  /** No caller's request is seen, whoever happens to be the first (hazard 22). */
  #run(key: string | undefined, self: unknown, args: readonly unknown[], run: SyncRun): unknown {
    const { original, report, scope } = this.#parts;
    report.started(key);
    const outside = run.passesThrough && scope !== undefined ? inRootContextWithScopes : inRootContext;
    return onTheStack(run, () => outside(() => Reflect.apply(original, self, args)));
  }

  #unlessFailed(call: SyncCall, reason: MissReason, fallback: DataEntry | undefined): unknown {
    const { failures, report, settings } = this.#parts;
    const failure = failures?.get(call.key, this.#now());
    if (failure === undefined) return this.#compute(call, reason, fallback);
    if (fallback !== undefined) return this.#serveStale(call.key, fallback);
    report.hit(call, 'memory', this.#now() - failure.failedAt, 0, settings.policy);
    this.#act(call.key, failure.acts);
    throw failure.error;
  }

  #compute(call: SyncCall, reason: MissReason, fallback: DataEntry | undefined): unknown {
    const { generations, report, settings } = this.#parts;
    const { key } = call;
    if (this.#running.has(key)) throw recursiveCall(report.fn);
    const run = beginSyncRun(this.#parts, key);
    this.#running.set(key, run);
    generations.enter();
    try {
      const value = attempt(() => this.#run(key, call.self, call.args, run));
      if (value.failed) return this.#failed(call, reason, run, fallback, value.error);
      report.miss(key, reason, settings.policy);
      const result = attempt(() => this.#keepResult(call, run, value.result));
      if (!result.failed) return result.result();
      report.failed(key, this.#now() - run.started, result.error);
      throw result.error;
    } finally {
      this.#running.delete(key);
      generations.leave();
    }
  }

  /** What is served when computing failed: a stale entry that was not invalidated meanwhile, or else the error. */
  #failed(
    { key }: SyncCall,
    reason: MissReason,
    run: SyncRun,
    fallback: DataEntry | undefined,
    error: unknown,
  ): unknown {
    const { report, settings, failures } = this.#parts;
    const now = this.#now();
    report.failed(key, now - run.started, error);
    const ttl = settings.failureTtl(error);
    const isKept = ttl !== undefined && this.#isCurrent(run, settings.staticTags);
    const acts = run.script?.recorded();
    if (isKept) failures?.keep(key, { error, acts }, settings.staticTags, now, ttl);
    if (fallback !== undefined && standsIn(this.#parts, run, fallback, now)) return this.#serveStale(key, fallback);
    report.miss(key, reason, settings.policy);
    this.#act(key, acts);
    throw error;
  }

  #serveStale(key: string, entry: DataEntry): unknown {
    const { report, settings } = this.#parts;
    report.stale(key, this.#now() - entry.createdAt, 0, 'error', settings.policy);
    return this.#handOut({ key }, entry);
  }

  #handOut(of: Pick<SyncCall, 'key'>, entry: DataEntry): unknown {
    const recorder = currentRecorder();
    if (recorder !== undefined) record(recorder, passedOn(this.#parts, entry, this.#now()));
    if (entry.acts !== undefined) this.#act(of.key, entry.acts);
    return entry.copy();
  }

  /** Keeps a result; answers with what makes the caller's copy. */
  #keepResult({ key, args }: SyncCall, run: SyncRun, value: unknown): () => unknown {
    const { report, settings, keepOptions, failures, shelf } = this.#parts;
    let kept: Kept;
    try {
      kept = keep(value, keepOptions(key));
    } catch (error) {
      // What an invalidation inside the run has discarded need not be data.
      if (!run.outdated) throw error;
      report.computed(key, this.#now() - run.started, false);
      return () => {
        this.#act(key, run.script?.recorded());
        return value;
      };
    }
    const own = settings.tagsOf(value, args);
    const tags = withInherited(own, run);
    const ttl = settings.ttlOf(value, args);
    // Asked again after `when`, which may have invalidated.
    const keeps = this.#isCurrent(run, tags) && settings.wanted(value, args) && this.#isCurrent(run, tags);
    const entry = syncEntry(this.#parts, kept, run, { own, ttl, keeps });
    if (keeps) this.#place(key, entry, kept.bytes, run);
    // The function has returned: that ends a failure, also when `when` refuses what it has returned.
    else if (this.#isCurrent(run, tags)) failures?.drop(key);
    report.computed(key, entry.computeMs, shelf.get(key) === entry);
    return () => this.#handOut({ key }, entry);
  }

  #isCurrent(run: SyncRun, tags: readonly string[]): boolean {
    return !run.outdated && this.#parts.generations.firstInvalidation(run.position, tags) === undefined;
  }

  #place(key: string, entry: DataEntry, valueBytes: number, run: SyncRun): void {
    const { shelf, settings, failures, generations } = this.#parts;
    failures?.drop(key);
    const placed = shelf.set(key, entry, valueBytes + entry.ownBytes, uselessFrom(entry, settings.retention));
    if (placed === undefined) generations.release(entry.stamps);
    // Whoever was told of what it has pushed out may have invalidated.
    else if (run.outdated) shelf.remove(placed, 'delete');
  }

  /** Puts a value in the place of what is kept, and of what a run that is under way will return. */
  prime(self: unknown, value: unknown, args: readonly unknown[]): void {
    const { host, keyer, settings, keepOptions } = this.#parts;
    const key = keyer.keyOf(self, args);
    const kept = keep(value, keepOptions(key));
    if (!host.settings.enabled || host.closed) return;
    this.#outdate(key);
    const given = kept.copy();
    const run = beginSyncRun(this.#parts, key);
    const said = { own: settings.tagsOf(given, args), ttl: settings.ttlOf(given, args), keeps: true };
    this.#place(key, syncEntry(this.#parts, kept, run, said), kept.bytes, run);
  }

  expire(self: unknown, args: readonly unknown[]): void {
    const { keyer, failures } = this.#parts;
    const key = keyer.keyOf(self, args);
    this.#outdate(key);
    failures?.drop(key);
    expireIn(this.#parts, key, this.#now());
  }

  delete(self: unknown, args: readonly unknown[]): void {
    const key = this.#parts.keyer.keyOf(self, args);
    this.drop(key, 'delete');
    this.#parts.report.deleted(key);
  }

  /** What is known of a call; nothing is counted or changed. */
  explain(self: unknown, args: readonly unknown[]): Explanation {
    return explainDataSync(this.#parts, (key) => this.#running.get(key)?.started, self, args);
  }

  /** Drops what is kept for a key, and outdates what is under way. */
  drop(key: string, reason: 'delete' | 'clear' | 'scope'): void {
    this.#outdate(key);
    this.#parts.failures?.drop(key);
    this.#parts.shelf.removeKey(key, reason);
  }

  /** Whether anything is kept for a key, or under way. */
  holds(key: string): boolean {
    const { shelf, failures } = this.#parts;
    return shelf.get(key) !== undefined || this.#running.has(key) || failures?.get(key, this.#now()) !== undefined;
  }

  clear(): void {
    for (const run of this.#running.values()) run.outdated = true;
    this.#parts.failures?.clear();
    this.#parts.shelf.clear('clear');
  }

  #outdate(key: string): void {
    const run = this.#running.get(key);
    if (run !== undefined) run.outdated = true;
  }

  /** What a call would be served from memory. */
  usable(self: unknown, args: readonly unknown[]): DataEntry | undefined {
    const { shelf, keyer, settings } = this.#parts;
    const entry = shelf.get(keyer.keyOf(self, args));
    return entry !== undefined && stateOf(entry, this.#now(), settings.policy) === 'fresh' ? entry : undefined;
  }

  #now(): number {
    return this.#parts.host.settings.clock.now();
  }
}
