import { ENCODE, type Step } from '../path.js';
import { Circles } from './circles.js';
import { Coded, encoded, type Undecodable } from './coded.js';
import { prototypeOf, type Codecs } from './codecs.js';
import { kindOf } from './kind.js';
import { emptyError, fillError } from './language-error.js';
import { checkLeaf, copyDate, copyLeaf, isDate, isLeaf, leafBytes, leafName, type LeafKind } from './leaf.js';
import { mapMaster, setMaster } from './members.js';
import { Met } from './met.js';
import {
  isOdd,
  readArray,
  readError,
  readFields,
  readFieldsAs,
  refuseExtras,
  type ErrorParts,
  type Fields,
  type ReadArray,
} from './read.js';
import { Refusal, refusalOf, refusalOfPrimitive } from './refusal.js';
import { Trail } from './trail.js';
import type { Walk } from './walk.js';
import { arrayBytes, DATE_BYTES, objectBytes, primitiveBytes, SMALL_BYTES } from './weigh.js';

/** What is to be made of a value. */
export interface BuildOptions {
  /** Whether the value is private already: then it is its own master, and only looked through. */
  readonly owned: boolean;
  /** Whether everything in the master is frozen, and what cannot be is refused. */
  readonly freeze: boolean;
  /** How instances of classes are kept. */
  readonly codecs: Codecs | undefined;
  /** A place that could not be decoded: the walk stops there, which tells its path. */
  readonly undecodable?: Undecodable | undefined;
}

/**
 * Builds the master of one value: one walk that reads each property once, and finds out on the way what the master
 * holds. What it says of the master is what it put there, never what the source said (hazard 45).
 */
export class Build implements Walk {
  /** Where the walk is; it stays there when the walk throws. */
  readonly trail: Trail = new Trail();
  /** The object that is being read, to name the property that threw. */
  reading: object | undefined;
  /** The estimated bytes of the master. */
  bytes = 0;
  /** Whether the master is made of plain objects and plain arrays alone. */
  plain = true;
  /** Whether one object is in several places of it, or in itself. */
  shared = false;
  /** Whether it holds instances, or the data of some. */
  coded = false;
  /** Whether copies of it run the codecs of its instances. */
  runsCodecs = false;
  /** The arrays in it that have holes, or properties beside their items. */
  odd: Set<object> | undefined;
  /** Whether it has the shape for which it was read; true when it was read for none. */
  fits = true;

  readonly #options: BuildOptions;
  /** The objects of the source that were met, each with its master. */
  readonly #met = new Met();
  readonly #circles: Circles | undefined;

  constructor(options: BuildOptions) {
    this.#options = options;
    this.#circles = options.codecs === undefined ? undefined : new Circles();
  }

  /** Whether it is a tree of what a copier of a shape can copy. */
  get isTree(): boolean {
    return !this.shared && this.odd === undefined && !this.coded;
  }

  /** The master of a value. Throws a Refusal, or what a getter or a proxy threw. */
  make(value: unknown): unknown {
    if (typeof value === 'object' && value !== null) return this.object(value);
    if (!this.weighs(value)) throw refusalOfPrimitive(value);
    return value;
  }

  /** The master of what is one step below the object at hand. */
  child(value: unknown, step: Step): unknown {
    if (typeof value === 'object' && value !== null) {
      this.trail.enter(step);
      const master = this.object(value);
      this.trail.leave();
      return master;
    }
    if (this.weighs(value)) return value;
    this.trail.point(step);
    throw refusalOfPrimitive(value);
  }

  /** The master of an object that was met before. */
  met(source: object): object | undefined {
    const met = this.#met.get(source);
    if (met === undefined) return undefined;
    this.#circles?.check(source);
    this.shared = true;
    return met;
  }

  /** Notes the master of an object, before what is below it is looked at. */
  meet(source: object, master: object): void {
    this.#met.set(source, master);
  }

  /** The master of the object at hand. */
  object(source: object): object {
    const met = this.met(source);
    if (met !== undefined) return met;
    this.#circles?.enter(source);
    this.reading = source;
    const { codecs } = this.#options;
    const master = (codecs && this.#ofCodec(source, codecs)) ?? this.#master(source);
    this.#circles?.leave();
    return master;
  }

  /** What a codec makes of it, or had made of it. Few frames lie between two levels: a thousand must fit on the stack. */
  #ofCodec(source: object, codecs: Codecs): object | undefined {
    const { owned, freeze } = this.#options;
    if (source instanceof Coded) return this.#data(source, owned ? source : new Coded(source.codec), source.data);
    const codec = codecs.of(source);
    if (codec === undefined) return undefined;
    this.coded = true;
    this.plain = false;
    // What was stored as fields stays so, whatever codec its class has got since.
    if (codec.encode === undefined || (owned && !freeze)) {
      return this.#fields(source, owned ? (source as Fields) : readFieldsAs(source, prototypeOf(codec)));
    }
    if (freeze) this.#mutable(`an instance of ${codec.class.name}`);
    return this.#data(source, new Coded(codec), encoded(codec, source));
  }

  #master(source: object): object {
    const { codecs, owned } = this.#options;
    if (isDate(source)) return this.date(source);
    const kind = kindOf(source);
    if (kind === undefined) throw codecs?.refusalOf(source) ?? refusalOf(source);
    if (isLeaf(kind)) return this.#leaf(source, kind);
    switch (kind) {
      case 'object':
        return this.#plain(source, owned ? (source as Fields) : readFields(source));
      case 'array':
        return this.array(source as readonly unknown[], this.#readArray(source as unknown[]));
      case 'bare-object':
        this.plain = false;
        return this.#fields(source, owned ? (source as Fields) : readFieldsAs(source, null));
      case 'error':
        return this.#error(source, readError(source));
      case 'map':
        this.#mutable('a Map');
        return mapMaster(this, source as Map<unknown, unknown>, owned);
      case 'set':
        this.#mutable('a Set');
        return setMaster(this, source as Set<unknown>, owned);
    }
  }

  /** What a codec has made of an instance. */
  #data(source: object, coded: Coded, data: unknown): Coded {
    this.plain = false;
    this.coded = true;
    this.runsCodecs = true;
    if (coded === this.#options.undecodable?.place) throw this.#options.undecodable.refusal;
    this.meet(source, coded);
    this.bytes += objectBytes(2);
    coded.data = this.#circles === undefined ? data : this.#circles.within(() => this.child(data, ENCODE));
    return coded;
  }

  #readArray(source: unknown[]): ReadArray {
    return this.#options.owned ? { items: source, odd: isOdd(source) } : readArray(source);
  }

  #plain(source: object, fields: Fields): object {
    this.meet(source, fields);
    let count = 0;
    // The fastest loop over properties that V8 has: it looks none of them up.
    for (const key in fields) {
      count += 1;
      const value = fields[key];
      if (this.weighs(value)) continue;
      // Asked last, since it is hardly ever false: when Object.prototype was given an enumerable property.
      if (!Object.hasOwn(fields, key)) continue;
      const master = this.child(value, key);
      if (master !== value) fields[key] = master;
    }
    this.bytes += objectBytes(count);
    return this.#finish(fields);
  }

  /** Weighs a primitive; false for what is none, or not data. */
  weighs(value: unknown): boolean {
    if (typeof value === 'object') return value === null;
    if (typeof value === 'function' || typeof value === 'symbol') return false;
    this.bytes += primitiveBytes(value);
    return true;
  }

  #fields(source: object, fields: Fields): object {
    this.meet(source, fields);
    this.#descend(fields);
    return this.#finish(fields);
  }

  /** Replaces what named properties refer to by its master. */
  #descend(fields: Fields): void {
    const keys = Object.keys(fields);
    this.bytes += objectBytes(keys.length);
    for (const key of keys) {
      const value = fields[key];
      const master = this.child(value, key);
      if (master !== value) fields[key] = master;
    }
  }

  /** The master of an array that was read, and was not met before. */
  array(source: readonly unknown[], { items, odd }: ReadArray): object {
    this.meet(source, items);
    if (odd) this.#oddItems(items);
    else this.#items(items);
    return this.#finish(items);
  }

  #items(items: unknown[]): void {
    this.bytes += arrayBytes(items.length);
    for (let index = 0; index < items.length; index++) {
      const value = items[index];
      if (this.weighs(value)) continue;
      const master = this.child(value, index);
      if (master !== value) items[index] = master;
    }
  }

  #oddItems(items: unknown[]): void {
    this.plain = false;
    this.odd ??= new Set();
    this.odd.add(items);
    this.bytes += arrayBytes(0);
    this.#descend(items as unknown as Fields);
  }

  #error(source: object, { name, hidden, shown }: ErrorParts): object {
    this.plain = false;
    const { owned } = this.#options;
    const error = owned ? source : emptyError(name);
    this.meet(source, error);
    this.bytes += SMALL_BYTES;
    this.#descend(hidden);
    this.#descend(shown);
    if (!owned) fillError(error as Error, hidden, shown);
    return this.#finish(error);
  }

  /** The master of a Date that was not met before. */
  date(source: object): object {
    this.#mutable('a Date');
    refuseExtras(source);
    const date = this.#options.owned ? source : copyDate(source);
    this.meet(source, date);
    this.bytes += DATE_BYTES;
    return date;
  }

  #leaf(source: object, kind: LeafKind): object {
    // The object in a boxed primitive cannot change; everything else without children can.
    if (kind !== 'boxed') this.#mutable(leafName(kind));
    this.plain = false;
    checkLeaf(source, kind);
    const leaf = this.#options.owned ? source : copyLeaf(source, kind);
    this.meet(source, leaf);
    this.bytes += leafBytes(leaf, kind);
    return this.#finish(leaf);
  }

  /** Refuses what stays changeable when it is frozen, where all callers are to share it. */
  #mutable(what: string): void {
    this.plain = false;
    if (!this.#options.freeze) return;
    throw new Refusal(
      what,
      "Freezing does not keep it from being changed: use copy: 'clone' (the default), or return plain data.",
    );
  }

  #finish<T extends object>(master: T): T {
    return this.#options.freeze ? Object.freeze(master) : master;
  }
}
