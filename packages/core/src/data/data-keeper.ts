import { encodeKept } from '../codec/index.js';
import type { Kept } from '../copy/index.js';
import type { Acts } from '../effect/index.js';
import { distrust } from './distrust.js';
import { DataEntry, uselessFrom } from './data-entry.js';
import type { DataOutcome } from './data-outcome.js';
import type { DataFunctionParts, DataStore } from './data-parts.js';
import { firstSources, isOfUse, partsTrust, storeSources, UntaggedSources } from './store-sources.js';
import { onReweighed, storedValue } from './stored-value.js';
import { UNLIMITED, type StaleLimits } from './terms.js';
import { wouldReplace } from './would-replace.js';
import { keyOfPath, type Read } from '../input/index.js';
import type { Flight } from '../run/flight.js';
import { messageOf } from '../errors/index.js';
import type { Shelf } from '../memory/index.js';
import { isCurrent, NO_STAMPS } from '../run/generation.js';
import type { Inherited, TagSources } from '../run/inherited.js';
import type { Begun, InheritedPairs, StoredEntry, StoredVariant } from '../store/index.js';

/** What a run returned, and what was said of it. */
export interface Result {
  readonly kept: Kept;
  readonly ttl: number | undefined;
  /** Its own tags, without those that it inherits. */
  readonly tags: readonly string[];
  readonly computeMs: number;
  /** Whether somebody has asked for it to take the place of what is kept: then nothing older may come back. */
  readonly replaces: boolean;
}

/** What has found something in the store, or computed it. */
export type Finder = Pick<Flight<DataOutcome>, 'key' | 'position' | 'outdated' | 'reads' | 'run'>;

/** An entry that is about to be made. */
interface Made {
  readonly kept: Kept;
  readonly acts: Acts | undefined;
  readonly createdAt: number;
  readonly freshUntil: number;
  readonly limits: StaleLimits;
  readonly computeMs: number;
  readonly tags: readonly string[];
  readonly trustedUntil: number;
  readonly sources: TagSources;
  /** Of what was found in the store: when its computation began; by that it is older or newer than a run. */
  readonly began: number | undefined;
  /** The inputs in its key. */
  readonly path: readonly Read[];
  /** Whether it is handed out and not kept. */
  readonly outdated: boolean;
  readonly unstored: boolean;
}

/** Puts the entries of one data function into memory and into its store. */
export class DataKeeper {
  readonly #parts: DataFunctionParts;
  readonly #untagged: UntaggedSources | undefined;

  constructor(parts: DataFunctionParts) {
    this.#parts = parts;
    this.#untagged = parts.store && new UntaggedSources(parts.store.tier);
  }

  /** The tags of a result, with those of what its run has used. */
  tagsOf(flight: Flight<DataOutcome>, tags: readonly string[]): readonly string[] {
    const inherited = flight.used?.tags;
    return inherited === undefined || inherited.size === 0 ? tags : [...new Set([...tags, ...inherited])];
  }

  /** Makes the entry of what a run returned; when it `keeps`, memory and the store have it afterwards. */
  keepResult(flight: Flight<DataOutcome>, begun: Begun | undefined, result: Result, keeps: boolean): DataEntry {
    const { settings, store, report } = this.#parts;
    const { kept, ttl = Infinity, computeMs } = result;
    const { used } = flight;
    const createdAt = this.#now();
    const spread = Math.random();
    const live = (jitter: number): number =>
      Math.min(createdAt + ttl * (1 - jitter * spread), used?.freshUntil ?? Infinity);
    const acts = flight.script?.sealed(report.fn);
    const storedFor = live(settings.jitter.store) - createdAt;
    const { cleared, trustedUntil } = partsTrust(store, begun, used);
    const isFit = keeps && !cleared && this.#isOwn(flight, acts);
    const stores = isFit && begun?.storable === true && isOfUse(store, storedFor, used);
    const entry = this.#place(flight, {
      kept,
      acts,
      createdAt,
      freshUntil: live(settings.jitter.memory),
      limits: limitsOf(used),
      trustedUntil,
      computeMs,
      tags: this.tagsOf(flight, result.tags),
      sources: firstSources(store, begun, result.tags, used),
      began: undefined,
      path: pathOf(flight),
      outdated: !keeps,
      unstored: store !== undefined && !stores,
    });
    if (stores) this.#store(store, entry, begun, flight, result, storedFor);
    else if (keeps) this.#leaveUnstored(flight, result);
    return entry;
  }

  /** Effects and inputs of another cache would not be found by their names. */
  #isOwn(flight: Flight<DataOutcome>, acts: Acts | undefined): boolean {
    const { effects, inputs } = this.#parts.host;
    const path = pathOf(flight);
    return effects.owns(acts) && inputs.ownPart(path).length === path.length;
  }

  /** What the store has is older than what replaces it, and would be back as soon as memory asks the store again. */
  #leaveUnstored({ reads, key }: Flight<DataOutcome>, { replaces }: Result): void {
    if (replaces) void this.#parts.store?.entries.delete(reads?.base ?? key);
  }

  /** Behind the answer: `keep` never rejects, and tells of its failures by events. */
  #store(
    { tier, entries }: DataStore,
    entry: DataEntry,
    begun: Begun,
    flight: Flight<DataOutcome>,
    { kept, tags, computeMs, replaces }: Result,
    life: number,
  ): void {
    const { settings, keepOptions, host } = this.#parts;
    const { acts } = entry;
    const { policy, retention } = settings;
    const { key, startedAt } = flight;
    const { fn, codecs } = keepOptions(key);
    const { untokened, stores } = flight.used?.sources ?? {
      untokened: [],
      stores: new Map<object, InheritedPairs[]>(),
    };
    if (untokened.length > 0) settings.learnTags();
    const pairs = entries.keep(key, begun, {
      encode: () => encodeKept(kept, fn, codecs),
      effects: acts && ((): string => host.effects.write(acts)),
      ttl: life === Infinity ? undefined : life,
      staleWhileRevalidate: policy.staleWhileRevalidate || undefined,
      staleIfError: retention || undefined,
      computeMs,
      tags: [...new Set([...tags, ...untokened])],
      inherited: stores.get(tier) ?? [],
      replaces,
      variant: variantOf(flight),
      onOutdated: (certain) => distrust(this.#parts, key, entry, { startedAt, certain }),
    });
    entry.sources = storeSources(tier, pairs, begun.cache);
    void pairs.then((known) => {
      if (known !== undefined) entry.sources = storeSources(tier, known, begun.cache);
    });
  }

  /**
   * Turns a stored entry into one of memory, with the life that remains; undefined when its payload is not whole. `path`
   * are the inputs in its key.
   */
  promote(
    flight: Finder,
    found: StoredEntry,
    { tier, entries }: DataStore,
    path: readonly Read[],
  ): DataEntry | undefined {
    const { generations, keepOptions, host } = this.#parts;
    const options = keepOptions(flight.key);
    let kept: Kept;
    let acts: Acts | undefined;
    try {
      kept = storedValue(found.payload, options);
      acts = found.effects === undefined ? undefined : host.effects.read(found.effects);
    } catch (error) {
      entries.damaged(flight.key, `its payload cannot be read: ${messageOf(error)}`, error);
      return undefined;
    }
    const { tags, age, ttl = Infinity, expiredFor = -Infinity, computeMs, pairs, cache } = found;
    const now = this.#now();
    const createdAt = now - age;
    return this.#place(flight, {
      kept,
      acts,
      createdAt,
      freshUntil: Math.min(createdAt + ttl, now - expiredFor),
      limits: UNLIMITED,
      trustedUntil: Infinity,
      computeMs,
      tags,
      sources: (pairs.size === 0 ? this.#untagged?.of(cache) : undefined) ?? storeSources(tier, pairs, cache),
      began: createdAt - computeMs,
      path,
      unstored: false,
      outdated: generations.firstInvalidation(flight.position, tags) !== undefined,
    });
  }

  /** What memory has of a call, unless an entry that was found in the store was computed later. */
  notOlderThan(key: string, found: DataEntry): DataEntry | undefined {
    const there = this.#parts.shelf.get(key);
    return there !== undefined && there.createdAt >= found.createdAt && isCurrent(there.stamps) ? there : undefined;
  }

  /** Makes an entry and puts it into memory, unless what memory has is newer or this was outdated (hazard 16). */
  #place(flight: Finder, made: Made): DataEntry {
    const { generations, host } = this.#parts;
    const held = !made.outdated && !flight.outdated && !host.closed && !this.#isOlder(flight, made);
    const entry = new DataEntry({
      kept: made.kept,
      acts: made.acts,
      createdAt: made.createdAt,
      freshUntil: made.freshUntil,
      limits: made.limits,
      trustedUntil: Math.min(made.trustedUntil, this.#now() + this.#memoryTtl()),
      unstored: made.unstored,
      run: made.began === undefined ? flight.run : 0,
      computeMs: made.computeMs,
      tags: made.tags,
      stamps: held ? generations.stamp(made.tags) : NO_STAMPS,
      sources: made.sources,
    });
    if (held) this.#putIn(flight, entry, made);
    return entry;
  }

  #putIn(flight: Finder, entry: DataEntry, { kept, createdAt, began: found, path }: Made): void {
    const { shelf, settings, generations, flights, failures, cooldowns, variants } = this.#parts;
    const began = found ?? Infinity;
    flights.outdateOlder(flight.key, (other) => other.run < flight.run && other.startedAt < began);
    failures?.dropUntil(flight.key, createdAt);
    if (found === undefined) cooldowns.end(flight.key);
    const placed = shelf.set(flight.key, entry, kept.bytes + entry.ownBytes, uselessFrom(entry, settings.retention));
    if (placed === undefined) {
      generations.release(entry.stamps);
      return;
    }
    // From now on look-ups are led to it by the inputs that its run has read.
    if (flight.reads !== undefined) variants.keep(flight.reads.base, path, flight.key);
    if (found !== undefined) followWeight(shelf, placed, kept);
    if (flight.outdated) shelf.remove(placed, 'delete');
  }

  /** How long memory is trusted without asking the store. */
  #memoryTtl(): number {
    return this.#parts.store === undefined ? Infinity : this.#parts.host.settings.memoryTtl;
  }

  /** Whether memory has something newer in its place. A stored entry was computed before the flight that finds it began. */
  #isOlder(flight: Finder, { path, began, createdAt }: Made): boolean {
    // As an entry holds it.
    const created = Math.floor(createdAt);
    return wouldReplace(
      this.#parts,
      flight,
      path,
      (there) => there.run > flight.run || (began !== undefined && there.createdAt >= created),
    );
  }

  #now(): number {
    return this.#parts.host.settings.clock.now();
  }
}

/** Keeps the books of memory right; apart from where an entry is put in, so that nothing there is held on to by it. */
function followWeight(shelf: Shelf<DataEntry>, placed: DataEntry, kept: Kept): void {
  onReweighed(kept, (more) => shelf.addBytes(placed, more));
}

function limitsOf(used: Inherited | undefined): StaleLimits {
  return used === undefined ? UNLIMITED : { revalidate: used.revalidateUntil, error: used.errorUntil };
}

/** What a run has read. */
function pathOf({ reads }: Flight<DataOutcome>): readonly Read[] {
  return reads?.path ?? [];
}

/** By which inputs the result of a run varies. */
function variantOf({ reads }: Flight<DataOutcome>): StoredVariant | undefined {
  if (reads === undefined || reads.path.length === 0) return undefined;
  const { base, path } = reads;
  const branches = path.map(({ input }, place) => ({ key: keyOfPath(base, path.slice(0, place)), input: input.name }));
  return { base, branches };
}
