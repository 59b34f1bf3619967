import { Coded } from '../copy/coded.js';
import type { Codecs } from '../copy/codecs.js';
import { keep, type Findings, type Kept } from '../copy/index.js';
import { kindOf } from '../copy/kind.js';
import { isDatePrototype, isLeaf } from '../copy/leaf.js';
import { readError, readMap, readSet, type Fields } from '../copy/read.js';
import { refusalOf, refusalOfPrimitive } from '../copy/refusal.js';
import { jsonOf, type Json } from './json.js';
import { dateTag, lowerLeaf } from './lower-leaf.js';
import { spelled } from './names.js';
import { Shapes } from './shapes.js';
import { tableOf, type Table } from './table.js';
import { ANY, GRAPH, HEAD, numberTag, TABLE, TAG, TAG_CODE, TREE } from './tags.js';

/**
 * The text of a value: plain JSON where that is faithful, else JSON with tags. It is well-formed Unicode without
 * control characters, whatever the strings in the value hold, so that stores that keep UTF-8 give it back. Takes what
 * `keep` takes, and its masters, in which instances are what their codecs made of them; of anything else it throws
 * `ERR_MILLPOND_UNCACHEABLE_VALUE` with the path and the cure, naming the function `fn`. Reads each property once.
 */
export function encodeValue(value: unknown, fn: string = 'encodeValue', codecs?: Codecs): string {
  return encodeKept(keep(value, { fn, mode: 'clone', codecs }), fn, codecs);
}

/** The same text of a value that is kept. What is known of its master is not looked for again. */
export function encodeKept(kept: Pick<Kept, 'written' | 'findings'>, fn: string, codecs?: Codecs): string {
  const { findings } = kept;
  // What is kept by `copy: 'share'` was not looked at: anything may be in it.
  if (findings === undefined) return encodeValue(kept.written(), fn, codecs);
  const lowering = new Lowering(findings);
  const tree = lowering.value(kept.written());
  const text = jsonOf(tree);
  const safe = text.includes('\\') ? spelled(tree) : tree;
  if (findings.shared) return GRAPH + (safe === tree ? text : jsonOf(safe));
  if (safe !== tree) return TREE + jsonOf(safe);
  return lowering.tagged ? TREE + text : text;
}

/** Turns a master into what JSON can say of it. What is said as it is, is taken as it is; nothing of the master changes. */
class Lowering {
  /** Whether the tree holds tags. */
  tagged = false;

  /** Every object that was met, with its number; undefined where none is met twice. */
  readonly #numbers: Map<object, number> | undefined;
  readonly #findings: Findings;
  /** The shapes of the tables so far, with their numbers. */
  #shapes: Shapes | undefined;

  constructor(findings: Findings) {
    this.#findings = findings;
    this.#numbers = findings.shared ? new Map() : undefined;
  }

  value(value: unknown): Json {
    switch (typeof value) {
      case 'string':
        return isPlain(value) ? value : this.#tag(TAG + value);
      case 'number':
        return isPlain(value) ? value : this.#tag(numberTag(value));
      case 'boolean':
        return value;
      case 'undefined':
        return this.#tag('~u');
      case 'bigint':
        return this.#tag(`~n${value.toString(16)}`);
      case 'object':
        return value === null ? null : this.#object(value);
      case 'symbol':
      case 'function':
        break;
    }
    throw refusalOfPrimitive(value);
  }

  #tag(text: string): string {
    this.tagged = true;
    return text;
  }

  #object(master: object): Json {
    if (this.#numbers !== undefined) {
      const number = this.#numbers.get(master);
      if (number !== undefined) return this.#tag(`~R${number}`);
      this.#numbers.set(master, this.#numbers.size);
    }
    if (Array.isArray(master)) return this.#array(master);
    const prototype: unknown = Object.getPrototypeOf(master);
    if (prototype === Object.prototype) return this.#fields(master as Fields);
    if (isDatePrototype(prototype)) return this.#tag(dateTag(master));
    return this.#instance(master) ?? this.#rare(master);
  }

  #instance(master: object): Json | undefined {
    if (master instanceof Coded) return this.#headed('C', [master.codec.name, this.value(master.data)]);
    const codec = this.#findings.codecs?.of(master);
    return codec && this.#headed('P', [codec.name, this.#fields({ ...master })]);
  }

  #rare(master: object): Json {
    const kind = kindOf(master);
    if (kind === undefined) throw refusalOf(master);
    if (isLeaf(kind)) {
      const { head, items, text } = lowerLeaf(master, kind);
      return head === undefined ? this.#tag(text) : this.#headed(head, this.#items(items));
    }
    switch (kind) {
      case 'object':
      case 'array':
      case 'bare-object':
        return this.#headed('N', [this.#fields({ ...master })]);
      case 'error': {
        const { name, hidden, shown } = readError(master);
        return this.#headed('E', [name, this.#fields(hidden), this.#fields(shown)]);
      }
      case 'map':
        return this.#headed('M', this.#items(readMap(master as ReadonlyMap<unknown, unknown>)));
      case 'set':
        return this.#headed('S', this.#items(readSet(master as ReadonlySet<unknown>)));
    }
  }

  #fields(fields: Fields): Fields {
    let lowered = fields;
    for (const key in fields) {
      const value = fields[key];
      // Whether it is its own is asked last: it hardly ever is not, only where Object.prototype was given an enumerable one.
      if (isPlain(value) || !Object.hasOwn(fields, key)) continue;
      const json = this.value(value);
      if (json === value) continue;
      if (lowered === fields) lowered = { ...fields };
      // The property is there, so that this sets it and nothing else, also when it is `__proto__`.
      lowered[key] = json;
    }
    return lowered;
  }

  #array(items: readonly unknown[]): Json[] {
    if (this.#findings.odd?.has(items) === true) {
      return this.#headed('A', [items.length, this.#fields({ ...(items as unknown as Fields) })]);
    }
    const table = this.#numbers === undefined ? tableOf(items) : undefined;
    return table === undefined ? this.#items(items) : this.#table(table);
  }

  #items(items: readonly unknown[]): Json[] {
    let lowered = items as Json[];
    for (let index = 0; index < items.length; index++) {
      const value = items[index];
      const json = isPlain(value) ? value : this.value(value);
      if (json === value) continue;
      if (lowered === items) lowered = items.slice() as Json[];
      lowered[index] = json;
    }
    return lowered;
  }

  #table({ shape, columns }: Table): Json[] {
    this.tagged = true;
    // The shape before those in it: it is read in that order.
    const table: Json[] = [TABLE, this.#named(shape)];
    for (const { kind, values } of columns) table.push(kind === ANY ? this.#items(values) : values);
    return table;
  }

  /** The shape itself the first time, then its number. */
  #named(shape: Json[]): Json {
    this.#shapes ??= new Shapes();
    return this.#shapes.number(shape) ?? shape;
  }

  #headed(head: string, items: readonly Json[]): Json[] {
    this.tagged = true;
    return [HEAD + head, ...items];
  }
}

/** Whether a value is written as it is; the most common ones, so that they cost no call. */
function isPlain(value: unknown): value is string | number | boolean | null {
  if (typeof value === 'string') return value.charCodeAt(0) !== TAG_CODE;
  if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0);
  return typeof value === 'boolean' || value === null;
}
