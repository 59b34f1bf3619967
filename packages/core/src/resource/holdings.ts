import type { Clock } from '../clock.js';
import { inRootContext } from '../context.js';
import { releasedInUse, type CacheError } from '../errors/index.js';
import type { ReleaseReason } from '../options.js';
import { scopeOf } from '../key/index.js';
import type { Flight } from '../run/flight.js';
import { currentRun } from '../run/run-context.js';
import { isFree, newHolding, standsOn, type Holding, type ResourceOwner } from './holding.js';
import { releaseOf, type Release } from './release.js';
import { ScopedHoldings } from './scoped-holdings.js';
import { within } from './within.js';

/** After these, whoever got the resource just before may go on using it for `releaseAfter` (hazard 41). */
const DELAYED: ReadonlySet<ReleaseReason> = new Set(['expire', 'evict', 'replace', 'invalid']);

/** A factory under way. */
interface Build {
  readonly owner: ResourceOwner;
  /** What it has got of other resources. */
  readonly got: Set<Holding>;
  /** The one that it is to replace. */
  readonly old: Holding | undefined;
}

/**
 * All resources of a cache. Each is released exactly once: when no entry holds it, nobody uses it, and nothing that was
 * built on it lives.
 */
export class Holdings {
  readonly #clock: Clock;
  /** How long one release is waited for, and `close()` altogether; milliseconds. */
  readonly #timeout: number;
  /** A function that answers with another's resource shares its holding. */
  readonly #known = new WeakMap<object, Holding>();
  /** What has not been released, in the order in which it was made. */
  readonly #unreleased = new Set<Holding>();
  readonly #ofScopes = new ScopedHoldings();
  readonly #builds = new Map<Flight<unknown>, Build>();
  readonly #releases = new Map<Holding, Release>();
  /** What has failed since `close()` began. */
  #failures: CacheError[] | undefined;
  #onIdle: (() => void) | undefined;

  constructor(clock: Clock, timeout: number) {
    this.#clock = clock;
    this.#timeout = timeout;
  }

  /** A factory begins; `old` is not released before it has ended (build first, then let go). */
  begin(flight: Flight<Holding>, owner: ResourceOwner, old: Holding | undefined): void {
    this.#builds.set(flight, { owner, got: new Set(), old });
    if (old !== undefined) old.uses += 1;
  }

  /** The code of a run has got a resource: what a factory builds on it keeps it alive. */
  got(run: Flight<unknown> | undefined, holding: Holding): void {
    const build = run === undefined ? undefined : this.#builds.get(run);
    if (run === undefined || build === undefined || build.got.has(holding) || !this.use(holding)) return;
    build.got.add(holding);
    // Somebody waits until it has gone: what is being built on it goes with it.
    if (holding.onGone.length > 0) build.owner.flights.outdateOlder(run.key, (other) => other === run);
  }

  /** Takes what a factory has built in hand, for one entry. A factory that answers with a known object gets its holding. */
  hold(flight: Flight<unknown>, owner: ResourceOwner, resource: unknown): Holding {
    const known = isObject(resource) ? this.#known.get(resource) : undefined;
    const isLive = known !== undefined && !known.released;
    const holding = isLive ? known : newHolding(owner, flight.key, resource, this.#clock.now());
    holding.claims += 1;
    holding.leaving = undefined;
    holding.delay?.cancel();
    holding.delay = undefined;
    if (!isLive) {
      this.#unreleased.add(holding);
      this.#ofScopes.add(holding);
    }
    if (isObject(resource)) this.#known.set(resource, holding);
    this.#putOn(holding, this.#builds.get(flight)?.got ?? new Set());
    return holding;
  }

  /**
   * The uses of a factory become those of what it has built. Nothing stands on itself, nor on what it replaces: a chain
   * of all that there ever was would live.
   */
  #putOn(holding: Holding, got: Set<Holding>): void {
    for (const ground of got) {
      const isOld = ground.owner === holding.owner && ground.key === holding.key;
      if (isOld || holding.builtOn.has(ground) || standsOn(ground, holding)) continue;
      holding.builtOn.add(ground);
      got.delete(ground);
    }
  }

  /** A factory has ended, and what it has built is in hand. */
  end(flight: Flight<unknown>): void {
    const build = this.#builds.get(flight);
    if (build === undefined) return;
    this.#builds.delete(flight);
    for (const used of build.got) this.endUse(used);
    if (build.old !== undefined) this.endUse(build.old);
    this.#checkIdle();
  }

  /** Keeps a resource from being released until `endUse`; false when it is too late for that. */
  use(holding: Holding): boolean {
    if (holding.released) return false;
    holding.uses += 1;
    return true;
  }

  /** One use ends. */
  endUse(holding: Holding): void {
    holding.uses -= 1;
    holding.usedAt = this.#clock.now();
    if (holding.leaving !== undefined) this.#releaseSoon(holding);
  }

  /** One claim ends. When it was the last, the resource is released: later, or once its waiters have resumed. */
  letGo(holding: Holding, reason: ReleaseReason): void {
    holding.claims -= 1;
    if (holding.claims > 0 || holding.released) return;
    holding.leaving = reason;
    const { releaseAfter } = holding.owner;
    if (DELAYED.has(reason) && releaseAfter > 0 && this.#failures === undefined) {
      const onTime = (): void => {
        holding.delay = undefined;
        this.#releaseIfFree(holding);
      };
      holding.delay = this.#clock.setTimer(onTime, releaseAfter, 'background');
      // When the cache closes it is close() that releases, in its order.
    } else if (reason !== 'close') this.#releaseSoon(holding);
  }

  /** Callers who are about to get it resume first (hazard 57). */
  #releaseSoon(holding: Holding): void {
    inRootContext(() => setImmediate(() => this.#releaseIfFree(holding)));
  }

  #releaseIfFree(holding: Holding): void {
    if (holding.leaving === undefined || !isFree(holding) || this.#ofScopes.isBehindAnother(holding)) return;
    this.#release(holding, holding.leaving);
  }

  #release(holding: Holding, reason: ReleaseReason): void {
    if (holding.released) return;
    holding.released = true;
    holding.delay?.cancel();
    this.#unreleased.delete(holding);
    const onEnd = (failure: CacheError | undefined): void => this.#gone(holding, failure);
    const release = releaseOf(holding, { reason, clock: this.#clock, timeout: this.#timeout, onEnd });
    this.#releases.set(holding, release);
    release.begin();
  }

  #gone(holding: Holding, failure: CacheError | undefined): void {
    if (failure !== undefined) this.#failures?.push(failure);
    this.#releases.delete(holding);
    this.#ofScopes.gone(holding);
    for (const ground of holding.builtOn) this.endUse(ground);
    const next = this.#ofScopes.next(holding);
    if (next !== undefined) this.#releaseIfFree(next);
    for (const tell of holding.onGone) tell();
    this.#checkIdle();
  }

  /**
   * What must be over before another thing of a key may be built, where there may be only one at a time: the releases of
   * those before, and runs that nobody joins any more. Undefined when the way is clear.
   */
  inTheWay(owner: ResourceOwner, key: string): Promise<unknown> | undefined {
    const waits: Promise<unknown>[] = [];
    for (const holding of [...this.#unreleased, ...this.#releases.keys()]) {
      if (holding.owner !== owner || holding.key !== key || holding.claims > 0) continue;
      this.#dropWhatStandsOn(holding);
      waits.push(new Promise<void>((resolve) => holding.onGone.push(resolve)));
    }
    for (const [flight, build] of this.#builds) {
      if (build.owner !== owner || flight.key !== key || flight.outcome === undefined) continue;
      // A run that never ends holds its key no longer than others do (hazard 18).
      const left = flight.startedAt + owner.flights.flightTimeout - this.#clock.now();
      if (left > 0) waits.push(within(this.#clock, Promise.allSettled([flight.outcome]), left));
    }
    return waits.length === 0 ? undefined : Promise.all(waits);
  }

  /** What was built on a thing that must go, or is being built on it, goes too. */
  #dropWhatStandsOn(ground: Holding): void {
    for (const [flight, { owner, got }] of this.#builds) {
      if (got.has(ground)) owner.flights.outdateOlder(flight.key, (other) => other === flight);
    }
    for (const other of this.#unreleased) {
      if (!other.builtOn.has(ground)) continue;
      other.owner.drop(other);
      this.#dropWhatStandsOn(other);
    }
  }

  /**
   * A scope is over: `drop` takes its entries out, and what they held is released without any delay, the last made first;
   * that of a request one after another, since one may use what was made before it without a word of that to the cache.
   * Resolves when all of it has gone, what is still being built too, or when the time for that is over.
   */
  async endScope(scope: string, drop: () => void): Promise<void> {
    this.#ofScopes.end(scope);
    for (const holding of this.#ofScopes.of(scope)) {
      holding.delay?.cancel();
      holding.delay = undefined;
      this.#releaseSoon(holding);
    }
    const builds = [...this.#builds.keys()].filter(({ key }) => scopeOf(key) === scope);
    drop();
    if (builds.length === 0 && this.#ofScopes.of(scope).length === 0) return;
    const built = Promise.allSettled(builds.map(async ({ outcome }) => outcome));
    const gone = built.then(() => this.#ofScopes.allGone(scope));
    await within(this.#clock, gone, this.#timeout);
  }

  /** Whether `close()`, asked for by the code that calls this, would wait for that very code (hazard 43). */
  closeWouldWaitForItself(): boolean {
    let run = currentRun();
    if (run === undefined) return false;
    const awaited = [...this.#builds.keys(), ...[...this.#releases.values()].map(({ flight }) => flight)];
    // One that has only just begun is not waited for yet, by the run that began it.
    for (; run !== undefined; run = run.startedBy) {
      for (const flight of awaited) if (flight.reaches(run)) return true;
    }
    return false;
  }

  /**
   * Releases everything: the last made first, and nothing before what was built on it; waits for leases, for factories
   * that are under way and for the releases. What is not over in time is released all the same, and told as failed.
   * Resolves with all failures.
   */
  async close(): Promise<readonly CacheError[]> {
    const failures: CacheError[] = [];
    this.#failures = failures;
    for (const holding of [...this.#unreleased].toReversed()) {
      holding.delay?.cancel();
      holding.delay = undefined;
      this.#releaseIfFree(holding);
    }
    const idle = new Promise<void>((resolve) => {
      this.#onIdle = resolve;
    });
    this.#checkIdle();
    if (!(await within(this.#clock, idle, this.#timeout))) this.#giveUp();
    return failures;
  }

  #checkIdle(): void {
    if (this.#builds.size + this.#unreleased.size + this.#releases.size === 0) this.#onIdle?.();
  }

  /** The time that `close()` had is over. */
  #giveUp(): void {
    for (const release of Array.from(this.#releases.values())) release.giveUp();
    for (const holding of [...this.#unreleased].toReversed()) {
      const reason = holding.leaving ?? 'close';
      // What waited only for the releases given up just now was free, and is on time.
      if (holding.uses > 0) this.#stillUsed(holding, reason);
      this.#release(holding, reason);
    }
  }

  #stillUsed(holding: Holding, reason: ReleaseReason): void {
    const { report } = holding.owner;
    const failure = releasedInUse(report.fn, this.#timeout);
    report.releaseFailed(holding.key, reason, failure);
    this.#failures?.push(failure);
  }
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}
