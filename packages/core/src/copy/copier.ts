import { Coded, decoded } from './coded.js';
import { prototypeOf, type Codecs } from './codecs.js';
import { kindOf } from './kind.js';
import { emptyError, fillError } from './language-error.js';
import { copyDate, copyLeaf, isDatePrototype, isLeaf } from './leaf.js';
import { defineField, readError, readFieldsAs, type Fields } from './read.js';

/*
 * Copies of masters. A master is private, known to be data and not too deep, so nothing is checked here. This is the
 * seam for copiers that are compiled for a shape.
 */

/** Copies a master that is made of plain objects and plain arrays alone, none of them in two places. */
export function copyPlain(master: object): object {
  if (Array.isArray(master)) return copyPlainArray(master);
  const copy: Fields = { ...master };
  for (const key in copy) {
    const value = copy[key];
    // Asked last, since it is hardly ever false: when Object.prototype was given an enumerable object.
    if (typeof value === 'object' && value !== null && Object.hasOwn(copy, key)) copy[key] = copyPlain(value);
  }
  return copy;
}

function copyPlainArray(master: readonly unknown[]): unknown[] {
  const copy = master.slice();
  for (let index = 0; index < copy.length; index++) {
    const value = copy[index];
    if (typeof value === 'object' && value !== null) copy[index] = copyPlain(value);
  }
  return copy;
}

/** What the walk that built a master found in it. */
export interface Findings {
  /** Whether one object is in several places, or in itself. */
  readonly shared: boolean;
  /** The arrays that have holes, or properties beside their items; undefined for none. */
  readonly odd: ReadonlySet<object> | undefined;
  /** The codecs of its instances; undefined when it holds none. */
  readonly codecs: Codecs | undefined;
}

/** Copies any master. Throws an Undecodable when a codec fails. */
export function copyAny(master: object, findings: Findings): object {
  return new Copier(findings).copy(master);
}

class Copier {
  /** The copies made so far, when an object may be met again. */
  readonly #seen: Map<object, object> | undefined;
  readonly #odd: ReadonlySet<object> | undefined;
  readonly #codecs: Codecs | undefined;

  constructor({ shared, odd, codecs }: Findings) {
    this.#seen = shared ? new Map() : undefined;
    this.#odd = odd;
    this.#codecs = codecs;
  }

  copy(master: object): object {
    const met = this.#seen?.get(master);
    if (met !== undefined) return met;
    if (Array.isArray(master)) return this.#odd?.has(master) ? this.#oddArray(master) : this.#array(master);
    const prototype: unknown = Object.getPrototypeOf(master);
    if (prototype === Object.prototype) return this.#fields(master, { ...master });
    if (isDatePrototype(prototype)) return this.#met(master, copyDate(master));
    const instance = this.#instance(master);
    if (instance !== undefined) return instance;
    const kind = kindOf(master);
    if (kind !== undefined && isLeaf(kind)) return this.#met(master, copyLeaf(master, kind));
    switch (kind) {
      case 'object':
      case 'array':
      case 'bare-object':
      case undefined:
        return this.#fields(master, readFieldsAs(master, null));
      case 'error':
        return this.#error(master);
      case 'map':
        return this.#map(master as ReadonlyMap<unknown, unknown>);
      case 'set':
        break;
    }
    return this.#set(master as ReadonlySet<unknown>);
  }

  #met<T extends object>(master: object, copy: T): T {
    this.#seen?.set(master, copy);
    return copy;
  }

  #value(value: unknown): unknown {
    return typeof value === 'object' && value !== null ? this.copy(value) : value;
  }

  #fields(master: object, copy: Fields): object {
    this.#met(master, copy);
    this.#descend(copy);
    return copy;
  }

  /** A new instance, where a master has the data of one, or one that is its fields. */
  #instance(master: object): object | undefined {
    if (this.#codecs === undefined) return undefined;
    if (master instanceof Coded) return this.#met(master, decoded(master, this.#value(master.data)));
    const codec = this.#codecs.of(master);
    if (codec === undefined) return undefined;
    const copy = this.#met(master, readFieldsAs(master, prototypeOf(codec)));
    // Its own fields only: what its prototype has may be accessors, which are not ours to run.
    for (const key of Object.keys(copy)) {
      const value = copy[key];
      if (typeof value === 'object' && value !== null) copy[key] = this.copy(value);
    }
    return copy;
  }

  #descend(fields: Fields): void {
    for (const key in fields) {
      const value = fields[key];
      // Asked last, since it is hardly ever false: when Object.prototype was given an enumerable object.
      if (typeof value === 'object' && value !== null && Object.hasOwn(fields, key)) fields[key] = this.copy(value);
    }
  }

  #array(master: readonly unknown[]): object {
    const copy = this.#met(master, master.slice());
    for (let index = 0; index < copy.length; index++) {
      const value = copy[index];
      if (typeof value === 'object' && value !== null) copy[index] = this.copy(value);
    }
    return copy;
  }

  /** Takes as long as there are items, however long the array says it is. */
  #oddArray(master: readonly unknown[]): object {
    const copy: unknown[] = this.#met(master, []);
    copy.length = master.length;
    for (const key of Object.keys(master)) defineField(copy, key, this.#value(Reflect.get(master, key)));
    return copy;
  }

  #error(master: object): object {
    const { name, hidden, shown } = readError(master);
    const copy = this.#met(master, emptyError(name));
    this.#descend(hidden);
    this.#descend(shown);
    fillError(copy, hidden, shown);
    return copy;
  }

  #map(master: ReadonlyMap<unknown, unknown>): object {
    const copy = this.#met(master, new Map<unknown, unknown>());
    for (const [key, value] of master) copy.set(this.#value(key), this.#value(value));
    return copy;
  }

  #set(master: ReadonlySet<unknown>): object {
    const copy = this.#met(master, new Set<unknown>());
    for (const member of master) copy.add(this.#value(member));
    return copy;
  }
}
