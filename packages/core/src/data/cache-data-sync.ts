import { inRootContext } from '../context.js';
import { keep, type Kept } from '../copy/index.js';
import { dataEntry, stateOf, uselessFrom, type DataEntry, type Life } from './data-entry.js';
import type { DataFunctionParts } from './data-parts.js';
import { recursiveCall } from '../errors.js';
import type { MissReason } from '../events.js';
import type { Built } from '../host.js';
import { showKey } from '../key/index.js';
import { explainDataSync } from '../observe/explain-data.js';
import type { Explanation } from '../observe/explanation.js';
import type { CallOptions } from '../options.js';
import { tagsOf } from '../run/generation.js';
import { dress, instanceOf } from '../wrapping.js';

/** What a synchronous function needs of the parts of a data function. */
export type DataSyncParts = Omit<DataFunctionParts, 'flights' | 'store' | 'context'>;

/** One run that is under way: somewhere below it on the stack. */
interface SyncRun {
  readonly startedAt: number;
  readonly run: number;
  readonly position: number;
  outdated: boolean;
}

const NO_OPTIONS: CallOptions = {};

/** A cached synchronous function as its caller sees it, and as its cache owns it. */
export function buildCachedDataSync(parts: DataSyncParts): Built {
  const { host, original, settings, keyer, shelf, generations, report } = parts;
  const { clock } = host.settings;
  const running = new Map<string, SyncRun>();

  /** No caller's request is seen, whoever happens to be the first (hazard 22). */
  function run(self: unknown, args: readonly unknown[]): unknown {
    report.started();
    return inRootContext(() => Reflect.apply(original, self, args));
  }

  function call(self: unknown, args: readonly unknown[]): unknown {
    if (!host.settings.enabled || host.closed) return run(self, args);
    const key = keyer.keyOf(self, args);
    const entry = shelf.get(key);
    if (entry === undefined) return compute(key, self, args, report.goneBecause(key) ?? 'cold', undefined);
    const now = clock.now();
    const state = stateOf(entry.value, now);
    if (state === 'fresh') {
      shelf.touch(entry);
      report.hit(key, 'memory', now - entry.value.createdAt, entry.value.computeMs, NO_OPTIONS);
      return entry.value.kept.copy();
    }
    if (state === 'fallback' || state === 'stale') return compute(key, self, args, 'expired', entry.value);
    shelf.remove(entry, state === 'invalidated' ? 'delete' : 'expire');
    return compute(key, self, args, state === 'invalidated' ? 'tag' : state, undefined);
  }

  function compute(
    key: string,
    self: unknown,
    args: readonly unknown[],
    reason: MissReason,
    fallback: DataEntry | undefined,
  ): unknown {
    if (running.has(key)) throw recursiveCall(report.fn);
    const startedAt = clock.now();
    const current: SyncRun = { startedAt, run: host.nextRun(), position: generations.position, outdated: false };
    running.set(key, current);
    generations.enter();
    try {
      const value = attempt(() => run(self, args));
      const duration = clock.now() - startedAt;
      if (value.failed) {
        report.failed(key, duration, value.error);
        return instead(key, reason, current, fallback, value.error);
      }
      report.miss(key, reason, NO_OPTIONS);
      const copy = attempt(() => keepAndCopy(key, args, current, value.result, duration));
      if (!copy.failed) return copy.result;
      report.failed(key, clock.now() - startedAt, copy.error);
      throw copy.error;
    } finally {
      running.delete(key);
      generations.leave();
    }
  }

  /** What is served when computing failed: a stale entry that was not invalidated meanwhile, or else the error. */
  function instead(key: string, reason: MissReason, run: SyncRun, fallback: DataEntry | undefined, error: unknown) {
    const now = clock.now();
    const usable = fallback !== undefined && isCurrent(run, tagsOf(fallback.stamps)) && now < fallback.errorUntil;
    if (!usable) {
      report.miss(key, reason, NO_OPTIONS);
      throw error;
    }
    report.stale(key, now - fallback.createdAt, 0, 'error', NO_OPTIONS);
    return fallback.kept.copy();
  }

  function keepAndCopy(key: string, args: readonly unknown[], run: SyncRun, value: unknown, duration: number): unknown {
    let kept: Kept;
    try {
      kept = keep(value, { fn: report.fn, mode: settings.copy });
    } catch (error) {
      // What an invalidation inside the run has discarded need not be data.
      if (!run.outdated) throw error;
      report.computed(key, duration, false);
      return value;
    }
    const tags = settings.tagsOf(value, args);
    const ttl = settings.ttlOf(value, args);
    // Asked again after `when`, which may have invalidated.
    const keeps = isCurrent(run, tags) && settings.wanted(value, args) && isCurrent(run, tags);
    if (keeps) place(key, kept, { ttl, computeMs: duration }, tags, run);
    report.computed(key, duration, keeps);
    return kept.copy();
  }

  function isCurrent(run: SyncRun, tags: readonly string[]): boolean {
    return !run.outdated && generations.firstInvalidation(run.position, tags) === undefined;
  }

  function place(
    key: string,
    kept: Kept,
    { ttl, computeMs }: Pick<DataEntry, 'computeMs'> & Pick<Life, 'ttl'>,
    tags: readonly string[],
    run: SyncRun,
  ): void {
    const stamps = generations.stamp(tags);
    const now = clock.now();
    const life = { ttl, staleWhileRevalidate: 0, staleIfError: settings.staleIfError, memoryTtl: undefined };
    const entry = dataEntry(kept, life, { createdAt: now, computeMs, now, run: run.run, stamps });
    const placed = shelf.set(key, entry, kept.bytes, uselessFrom(entry));
    if (placed === undefined) generations.release(stamps);
    // Whoever was told of what it has pushed out may have invalidated.
    else if (run.outdated) shelf.remove(placed, 'delete');
  }

  function usable(self: unknown, args: readonly unknown[]): DataEntry | undefined {
    const entry = shelf.get(keyer.keyOf(self, args))?.value;
    return entry !== undefined && stateOf(entry, clock.now()) === 'fresh' ? entry : undefined;
  }

  function wrapper(this: unknown, ...args: readonly unknown[]): unknown {
    return call(this, args);
  }

  function outdate(key: string): void {
    const run = running.get(key);
    if (run !== undefined) run.outdated = true;
  }

  function clearHere(): void {
    for (const run of running.values()) run.outdated = true;
    shelf.clear('clear');
  }

  const methods = {
    original,
    delete(this: unknown, ...args: readonly unknown[]): void {
      const key = keyer.keyOf(instanceOf(this, wrapper), args);
      outdate(key);
      shelf.removeKey(key, 'delete');
      report.deleted(key);
    },
    clear(): void {
      clearHere();
      report.cleared();
    },
    refresh(this: unknown, ...args: readonly unknown[]): unknown {
      const self = instanceOf(this, wrapper);
      if (!host.settings.enabled || host.closed) return run(self, args);
      return compute(keyer.keyOf(self, args), self, args, 'refresh', undefined);
    },
    has(this: unknown, ...args: readonly unknown[]): boolean {
      return usable(instanceOf(this, wrapper), args) !== undefined;
    },
    peek(this: unknown, ...args: readonly unknown[]): unknown {
      return usable(instanceOf(this, wrapper), args)?.kept.copy();
    },
    explain(this: unknown, ...args: readonly unknown[]): Explanation {
      const self = instanceOf(this, wrapper);
      return explainDataSync(parts, (key) => running.get(key)?.startedAt, self, args);
    },
    keyOf(this: unknown, ...args: readonly unknown[]): string {
      return showKey(keyer.keyOf(instanceOf(this, wrapper), args));
    },
    stats: () => report.stats(shelf.size, shelf.bytes),
  };

  return {
    wrapper: dress(wrapper, original, methods),
    owned: {
      stats: methods.stats,
      clearHere,
      close() {
        clearHere();
        return Promise.resolve([]);
      },
    },
  };
}

type Attempt =
  { readonly failed: false; readonly result: unknown } | { readonly failed: true; readonly error: unknown };

function attempt(run: () => unknown): Attempt {
  try {
    return { failed: false, result: run() };
  } catch (error) {
    return { failed: true, error };
  }
}
