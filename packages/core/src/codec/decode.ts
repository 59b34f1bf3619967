import { Coded } from '../copy/coded.js';
import { prototypeOf, type Codecs } from '../copy/codecs.js';
import type { Codec } from '../copy/define-codec.js';
import { emptyError, fillError } from '../copy/language-error.js';
import { headersOf } from '../copy/leaf.js';
import { defineField, readFieldsAs, type Fields } from '../copy/read.js';
import { Depth, mayBeTooDeep } from './depth.js';
import { mouldOf, type Leaf, type Mould } from './mould.js';
import { unspelled } from './names.js';
import { oldColumns, oldMouldOf } from './old-rows.js';
import { bigintFrom, boxed, fieldsAt, growableFrom, leaves, pairs, wholeNumber } from './read-tags.js';
import { ANY, CONSTANTS, GRAPH, HEAD, TAG_CODE, TREE } from './tags.js';

/** The master of a text, and what was found in it. */
export interface Decoded {
  readonly value: unknown;
  /** Whether it is a tree of data: no object in two places, no array with holes or names, no instance. */
  readonly isTree: boolean;
  /** Whether it holds instances, or the data of some. */
  readonly hasInstances: boolean;
}

/** The master of a text, as {@link decode} reads it. */
export function decodeValue(text: string, codecs?: Codecs): unknown {
  return decode(text, codecs).value;
}

/**
 * The master of a text of `encodeValue`, all of it new: instances that a codec encoded are still their data, and no codec
 * is run. Throws an Error for any other text, and for a codec that is not there. It takes time linear in the text, goes
 * no deeper than any value may be, runs no code of the text and gives no object another prototype than that of its
 * class, which is built in or has a codec: `__proto__` in it is a property like any other.
 */
export function decode(text: string, codecs?: Codecs): Decoded {
  try {
    if (text.charCodeAt(0) !== TAG_CODE) return plain(text);
    const form = text.slice(0, 2);
    if (form !== TREE && form !== GRAPH) throw new Error('an unknown form');
    const revival = new Revival(form === GRAPH, codecs);
    const value = revival.value(JSON.parse(text.slice(2)));
    const { hasInstances, hasOddArrays } = revival;
    return { value, isTree: form === TREE && !hasInstances && !hasOddArrays, hasInstances };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`The text is not that of a value: ${why}`, { cause: error });
  }
}

function plain(text: string): Decoded {
  const value: unknown = JSON.parse(text);
  if (mayBeTooDeep(text.length)) new Depth().check(value);
  return { value, isTree: true, hasInstances: false };
}

/** Turns the tree that JSON.parse made into the value, in place where it can. */
class Revival {
  hasInstances = false;
  /** Whether an array has holes, or names. */
  hasOddArrays = false;

  readonly #depth = new Depth();
  /** The objects met so far, in a graph. */
  readonly #objects: object[] | undefined;

  readonly #codecs: Codecs | undefined;
  /** Those of the shapes met so far. */
  readonly #moulds: Mould[] = [];

  constructor(graph: boolean, codecs: Codecs | undefined) {
    this.#objects = graph ? [] : undefined;
    this.#codecs = codecs;
  }

  value(node: unknown): unknown {
    if (typeof node === 'string') return node.charCodeAt(0) === TAG_CODE ? this.#tagged(node) : node;
    if (typeof node !== 'object' || node === null) return node;
    this.#depth.enter();
    const revived = Array.isArray(node) ? this.#array(node) : this.#fields(node as Fields, true);
    this.#depth.leave();
    return revived;
  }

  #met<T extends object>(object: T): T {
    this.#objects?.push(object);
    return object;
  }

  #tagged(text: string): unknown {
    const letter = text.charAt(1);
    const body = text.slice(2);
    if (letter === '~') return text.slice(1);
    if (letter === 'n') return bigintFrom(body);
    if (letter === 'R') return this.#reference(body);
    const leaf = leaves[letter];
    if (leaf !== undefined) return this.#met(leaf(body));
    if (!CONSTANTS.has(text)) throw new Error('an unknown tag');
    return CONSTANTS.get(text);
  }

  #reference(body: string): object {
    const object = this.#objects?.[wholeNumber(body)];
    if (object === undefined) throw new Error('a reference to nothing');
    return object;
  }

  #fields(fields: Fields, counted: boolean): Fields {
    if (counted) this.#met(fields);
    for (const key of Object.keys(fields)) {
      const node = fields[key];
      const value = this.value(node);
      // The property is there, so that this sets it and nothing else, also when it is `__proto__`.
      if (value !== node) fields[key] = value;
    }
    return fields;
  }

  #array(nodes: unknown[]): unknown {
    const [head] = nodes;
    if (typeof head === 'string' && head.startsWith(HEAD)) return this.#headed(head.slice(HEAD.length), nodes);
    this.#met(nodes);
    for (let index = 0; index < nodes.length; index++) {
      const value = this.value(nodes[index]);
      if (value !== nodes[index]) nodes[index] = value;
    }
    return nodes;
  }

  #headed(head: string, nodes: unknown[]): unknown {
    switch (head) {
      case 'M':
        return this.#map(nodes);
      case 'S':
        return this.#set(nodes);
      case 'N':
        return this.#bare(nodes);
      case 'A':
        return this.#oddArray(nodes);
      case 'E':
        return this.#error(nodes);
      case 'C':
        return this.#coded(nodes);
      case 'P':
        return this.#record(nodes);
      case 'T':
        return this.#table(nodes);
      case 'R':
        return this.#oldRows(nodes);
      case 'F':
        return this.#fields(unspelled(nodes), true);
      case 'O':
        return this.#met(boxed(this.#primitives(nodes)));
      case 'Q':
        return this.#met(new URLSearchParams(pairs(this.#primitives(nodes))));
      case 'H':
        return this.#met(headersOf(pairs(this.#primitives(nodes))));
      case 'G':
        return this.#met(growableFrom(this.#primitives(nodes)));
      default:
        throw new Error('an unknown kind of object');
    }
  }

  #table(nodes: unknown[]): unknown[] {
    const { leaves, pour } = this.#mould(nodes[1], mouldOf);
    if (nodes.length !== 2 + leaves.length) throw new Error('a table without all of its columns');
    const columns = nodes.slice(2);
    let rows: number | undefined;
    for (const leaf of leaves) {
      const column = columns[leaf.place];
      if (!Array.isArray(column)) throw new Error('a column that is none');
      if (column.length !== (rows ??= column.length)) throw new Error('a column that is shorter than others');
      if (leaf.kind === ANY) this.#leaves(column, leaf);
    }
    return pour(columns as unknown[][], rows ?? 0);
  }

  #leaves(column: unknown[], leaf: Leaf): void {
    for (let index = 0; index < column.length; index++) {
      const value = this.#leaf(column[index], leaf);
      if (value !== column[index]) column[index] = value;
    }
  }

  #leaf(node: unknown, { level }: Leaf): unknown {
    if (typeof node !== 'object') return this.value(node);
    this.#depth.go(level);
    const value = this.value(node);
    this.#depth.go(-level);
    return value;
  }

  #oldRows(nodes: readonly unknown[]): unknown[] {
    const { leaves, pour } = this.#mould(nodes[1], oldMouldOf);
    const columns = oldColumns(nodes, 2, leaves, (node, leaf) => this.#leaf(node, leaf));
    return pour(columns, columns[0]?.length ?? 0);
  }

  /** Of a shape that stands here, or of one that stood before. */
  #mould(shape: unknown, of: (shape: unknown) => Mould): Mould {
    if (this.#objects !== undefined) throw new Error('a table in a graph');
    const known = typeof shape === 'number' ? this.#moulds[shape] : undefined;
    if (known !== undefined) return known;
    const mould = of(shape);
    this.#moulds.push(mould);
    return mould;
  }

  #map(nodes: readonly unknown[]): Map<unknown, unknown> {
    if (nodes.length % 2 === 0) throw new Error('a key without a value');
    const map = this.#met(new Map<unknown, unknown>());
    for (let index = 1; index < nodes.length; index += 2) {
      const key = this.value(nodes[index]);
      map.set(key, this.value(nodes[index + 1]));
    }
    return map;
  }

  #set(nodes: readonly unknown[]): Set<unknown> {
    const set = this.#met(new Set<unknown>());
    for (let index = 1; index < nodes.length; index++) set.add(this.value(nodes[index]));
    return set;
  }

  #bare(nodes: readonly unknown[]): object {
    const bare = this.#met(Object.setPrototypeOf(fieldsAt(nodes, 1, 2), null) as Fields);
    return this.#fields(bare, false);
  }

  #oddArray(nodes: readonly unknown[]): unknown[] {
    const [, length] = nodes;
    const fields = fieldsAt(nodes, 2, 3);
    const array: unknown[] = this.#met([]);
    if (typeof length !== 'number') throw new Error('an array without a length');
    array.length = length;
    this.hasOddArrays = true;
    this.#fields(fields, false);
    for (const key of Object.keys(fields)) defineField(array, key, fields[key]);
    if (array.length !== length) throw new Error('an array that is longer than its length');
    return array;
  }

  #error(nodes: readonly unknown[]): Error {
    const [, name] = nodes;
    if (typeof name !== 'string') throw new Error('an error without a name');
    const error = this.#met(emptyError(name));
    const hidden = this.#fields(fieldsAt(nodes, 2, 4), false);
    fillError(error, hidden, this.#fields(fieldsAt(nodes, 3, 4), false));
    return error;
  }

  #coded(nodes: readonly unknown[]): Coded {
    if (nodes.length !== 3) throw new Error('an instance without its data');
    const codec = this.#codec(nodes);
    if (codec.decode === undefined)
      throw new Error(`the codec ${JSON.stringify(codec.name)} takes no data, but fields`);
    const coded = this.#met(new Coded(codec));
    coded.data = this.value(nodes[2]);
    return coded;
  }

  #record(nodes: readonly unknown[]): object {
    const fields = fieldsAt(nodes, 2, 3);
    const codec = this.#codec(nodes);
    if (codec.decode !== undefined)
      throw new Error(`the codec ${JSON.stringify(codec.name)} takes no fields, but data`);
    return this.#fields(this.#met(readFieldsAs(fields, prototypeOf(codec))), false);
  }

  #codec([, name]: readonly unknown[]): Codec {
    if (typeof name !== 'string') throw new Error('an instance without a codec');
    const codec = this.#codecs?.named(name);
    this.hasInstances = true;
    if (codec === undefined) throw new Error(`there is no codec ${JSON.stringify(name)} here`);
    return codec;
  }

  /** The primitives behind a head. */
  #primitives(nodes: readonly unknown[]): readonly unknown[] {
    return nodes.slice(1).map((node) => {
      const value = this.value(node);
      if (typeof value === 'object') throw new Error('an object in the place of a primitive');
      return value;
    });
  }
}
