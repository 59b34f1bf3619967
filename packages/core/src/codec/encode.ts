import { growthLimit, viewName } from '../copy/binary.js';
import { Coded } from '../copy/coded.js';
import type { Codecs } from '../copy/codecs.js';
import { kindOf } from '../copy/kind.js';
import { checkLeaf, instantOf, isLeaf, unboxed, type LeafKind } from '../copy/leaf.js';
import { readArray, readError, readFields, readMap, readSet, type Fields } from '../copy/read.js';
import { refusalOf, refusalOfPrimitive } from '../copy/refusal.js';
import { Trail } from '../copy/trail.js';
import { ENCODE, type MemberStep, type Step } from '../path.js';
import { base64, viewText } from './bytes.js';
import { Flattening } from './flatten.js';
import type { Json } from './json.js';
import { GRAPH, HEAD, numberTag, TAG, TAG_CODE, TREE } from './tags.js';

/**
 * The text of a value: plain JSON where that is faithful, else JSON with tags. It is well-formed Unicode without
 * control characters, whatever the strings in the value hold, so that stores that keep UTF-8 give it back. Takes what
 * `keep` takes, and its masters, in which instances are what their codecs made of them; of anything else (a value that is
 * kept by `copy: 'share'`) it throws `ERR_MILLPOND_UNCACHEABLE_VALUE` with the path and the cure, naming the function
 * `fn`. Reads each property once.
 */
export function encodeValue(master: unknown, fn: string = 'encodeValue', codecs?: Codecs): string {
  const lowering = new Lowering(codecs);
  try {
    const lowered = lowering.value(master);
    if (lowering.repeats) return GRAPH + JSON.stringify(lowered);
    if (lowering.shadows) return (lowering.tagged ? TREE : '') + JSON.stringify(lowered);
    const flattening = new Flattening();
    const text = JSON.stringify(flattening.flat(lowered));
    return (lowering.tagged || flattening.found ? TREE : '') + text;
  } catch (error) {
    throw lowering.trail.failure(fn, error, lowering.reading);
  }
}

class Lowering {
  /** Where the walk is; it stays there when the walk throws. */
  readonly trail: Trail = new Trail();
  /** The object that is being read, to name the property that threw. */
  reading: object | undefined;
  /** Whether the tree holds tags. */
  tagged = false;
  /** Whether an object was met again. */
  repeats = false;

  /** Every object that was met, with its number. */
  readonly #numbers = new Map<object, number>();
  /** Some old packages give every object a `toJSON`, which JSON.stringify would ask instead of looking at it. */
  readonly shadows: boolean = 'toJSON' in Array.prototype;
  readonly #codecs: Codecs | undefined;

  constructor(codecs: Codecs | undefined) {
    this.#codecs = codecs;
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

  #child(value: unknown, step: Step): Json {
    if (typeof value === 'object' && value !== null) {
      this.trail.enter(step);
      const lowered = this.#object(value);
      this.trail.leave();
      return lowered;
    }
    if (typeof value === 'function' || typeof value === 'symbol') this.trail.point(step);
    return this.value(value);
  }

  #object(source: object): Json {
    const number = this.#numbers.get(source);
    if (number !== undefined) {
      this.repeats = true;
      return this.#tag(`~R${number}`);
    }
    this.#numbers.set(source, this.#numbers.size);
    this.reading = source;
    if (source instanceof Coded) return this.#coded(source);
    const codec = this.#codecs?.of(source);
    if (codec !== undefined) return this.#record(codec.name, source);
    const kind = kindOf(source);
    if (kind === undefined) throw refusalOf(source);
    if (isLeaf(kind)) return this.#leaf(source, kind);
    switch (kind) {
      case 'object':
        return this.#fields(readFields(source));
      case 'array':
        return this.#array(source as readonly unknown[]);
      case 'bare-object':
        return this.#headed('N', [this.#fields(readFields(source))]);
      case 'error':
        return this.#error(source);
      case 'map':
        return this.#map(readMap(source as ReadonlyMap<unknown, unknown>));
      case 'set':
        break;
    }
    return this.#members(readSet(source as ReadonlySet<unknown>));
  }

  /** Lowers in place: what is read is ours. */
  #fields(fields: Fields): Fields {
    for (const key of Object.keys(fields)) {
      const value = fields[key];
      const lowered = isPlain(value) ? value : this.#child(value, key);
      if (lowered !== value) fields[key] = lowered;
    }
    return this.#shadow(fields);
  }

  #array(source: readonly unknown[]): Json {
    const { items, odd } = readArray(source);
    if (odd) return this.#headed('A', [items.length, this.#fields({ ...(items as unknown as Fields) })]);
    const lowered = items as Json[];
    for (let index = 0; index < items.length; index++) {
      const value = items[index];
      if (!isPlain(value)) lowered[index] = this.#child(value, index);
    }
    return this.#shadow(lowered);
  }

  #error(source: object): Json {
    const { name, hidden, shown } = readError(source);
    return this.#headed('E', [name, this.#fields(hidden), this.#fields(shown)]);
  }

  #map(entries: readonly unknown[]): Json {
    const lowered: Json[] = [];
    for (let index = 0; index < entries.length; index += 2) {
      const key = entries[index];
      const step = keyStep(key, index / 2);
      lowered.push(this.#child(key, { of: 'keys', at: index / 2 }), this.#child(entries[index + 1], step));
    }
    return this.#headed('M', lowered);
  }

  #members(members: readonly unknown[]): Json {
    return this.#headed(
      'S',
      members.map((member, at) => this.#child(member, { of: 'members', at })),
    );
  }

  #coded({ codec, data }: Coded): Json {
    return this.#headed('C', [codec.name, this.#child(data, ENCODE)]);
  }

  #record(name: string, source: object): Json {
    return this.#headed('P', [name, this.#fields(readFields(source))]);
  }

  #leaf(source: object, kind: LeafKind): Json {
    checkLeaf(source, kind);
    const { head, items, text } = lowerLeaf(source, kind);
    if (head === undefined) return this.#tag(text);
    return this.#headed(
      head,
      items.map((item) => this.value(item)),
    );
  }

  #headed(head: string, items: readonly Json[]): Json {
    this.tagged = true;
    return this.#shadow([HEAD + head, ...items]);
  }

  #shadow<T extends Json[] | Fields>(container: T): T {
    if (this.shadows && !Object.hasOwn(container, 'toJSON')) {
      Object.defineProperty(container, 'toJSON', { value: undefined });
    }
    return container;
  }
}

/** Whether a value is written as it is; the most common ones, so that they cost neither a call nor a step. */
function isPlain(value: unknown): value is Json {
  if (typeof value === 'string') return value.charCodeAt(0) !== TAG_CODE;
  if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0);
  return typeof value === 'boolean' || value === null;
}

function keyStep(key: unknown, index: number): MemberStep {
  return typeof key === 'object' && key !== null ? { of: 'values', at: index } : { of: 'get', at: key };
}

/** A leaf as one tag, or as a headed array. */
type LoweredLeaf =
  | { readonly text: string; readonly head?: undefined; readonly items?: undefined }
  | { readonly text?: undefined; readonly head: string; readonly items: readonly unknown[] };

const lowered: { readonly [K in LeafKind]: (source: never) => LoweredLeaf } = {
  date: (source: Date) => ({ text: `~D${instantOf(source)}`.replace('NaN', '') }),
  regexp: (source: RegExp) => ({ text: `~X${source.flags}/${source.source}` }),
  url: (source: URL) => ({ text: `~L${source.href}` }),
  buffer: (source: Buffer) => ({ text: `~b${base64(source)}` }),
  'data-view': (source: DataView) => ({ text: `~V${viewText(source)}` }),
  'typed-array': (source: NodeJS.TypedArray) => ({ text: `~T${viewName(source)}:${viewText(source)}` }),
  'array-buffer': lowerBuffer,
  boxed: (source: object) => ({ head: 'O', items: [unboxed(source)] }),
  'search-params': (source: URLSearchParams) => ({ head: 'Q', items: [...source.entries()].flat() }),
  headers: (source: Headers) => ({ head: 'H', items: [...source.entries()].flat() }),
};

function lowerLeaf(source: object, kind: LeafKind): LoweredLeaf {
  return lowered[kind](source as never);
}

function lowerBuffer(source: ArrayBuffer): LoweredLeaf {
  const text = base64(new Uint8Array(source));
  const limit = growthLimit(source);
  return limit === undefined ? { text: `~B${text}` } : { head: 'G', items: [text, limit] };
}
