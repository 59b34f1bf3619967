import { kindOf } from './kind.js';
import { isDatePrototype, isLeaf, leafBytes } from './leaf.js';
import { readError, type Fields } from './read.js';
import { arrayBytes, DATE_BYTES, objectBytes, primitiveBytes, SMALL_BYTES, tableBytes } from './weigh.js';

/** What is still to be found out of a master of which it is known that it is a tree. */
export interface TreeWeight {
  /** Its estimated bytes, those that building it would have told. */
  readonly bytes: number;
  /** Whether it is made of plain objects and plain arrays alone. */
  readonly plain: boolean;
}

/** Weighs a master that is private and a tree: no object in two places, no odd array, no instance. */
export function weighTree(master: unknown): TreeWeight {
  const scale = new Scale();
  scale.add(master);
  return scale;
}

class Scale implements TreeWeight {
  bytes = 0;
  plain = true;

  add(value: unknown): void {
    if (typeof value === 'object' && value !== null) this.#object(value);
    else this.bytes += primitiveBytes(value);
  }

  #object(master: object): void {
    if (Array.isArray(master)) {
      this.bytes += arrayBytes(master.length);
      for (const item of master) this.add(item);
      return;
    }
    const prototype: unknown = Object.getPrototypeOf(master);
    if (prototype === Object.prototype) {
      this.#fields(master as Fields);
      return;
    }
    this.plain = false;
    if (isDatePrototype(prototype)) this.bytes += DATE_BYTES;
    else this.#rare(master);
  }

  #fields(fields: Fields): void {
    const keys = Object.keys(fields);
    this.bytes += objectBytes(keys.length);
    for (const key of keys) this.add(fields[key]);
  }

  #rare(master: object): void {
    const kind = kindOf(master);
    if (kind !== undefined && isLeaf(kind)) {
      this.bytes += leafBytes(master, kind);
    } else if (kind === 'map') {
      const map = master as ReadonlyMap<unknown, unknown>;
      this.bytes += tableBytes(map.size, 3);
      for (const [key, value] of map) {
        this.add(key);
        this.add(value);
      }
    } else if (kind === 'set') {
      const set = master as ReadonlySet<unknown>;
      this.bytes += tableBytes(set.size, 2);
      for (const member of set) this.add(member);
    } else if (kind === 'error') {
      const { hidden, shown } = readError(master);
      this.bytes += SMALL_BYTES;
      this.#fields(hidden);
      this.#fields(shown);
    } else this.#fields(master as Fields);
  }
}
