import { describe, invalidOption, notCacheable } from '../errors/index.js';
import type { Codec } from './define-codec.js';
import { Refusal } from './refusal.js';

/** The option `codecs`: what `defineCodec` and `recordCodec` return. */
export type CodecList = readonly (Codec | readonly Codec[])[];

/** The codecs of one function, found by the class of an instance, or by name. */
export class Codecs {
  readonly #byPrototype = new Map<object, Codec>();
  readonly #byName = new Map<string, Codec>();

  /**
   * Adds codecs; of two for one class, that of an earlier list is used, and the later one only reads what it has
   * stored. Throws `ERR_MILLPOND_INVALID_OPTION` when one list has two for a class, or two classes have one name.
   */
  add(list: CodecList, where: string): void {
    const classes = new Set<unknown>();
    for (const codec of list.flat()) {
      const { class: Class, name } = codec;
      if (classes.has(Class)) {
        const cure = 'Leave one of them out.';
        throw notCacheable(where, `option \`codecs\` has two for the class ${Class.name}`, cure);
      }
      classes.add(Class);
      const namesake = this.#byName.get(name);
      if (namesake !== undefined && namesake.class !== Class) {
        const two = `the classes ${namesake.class.name} and ${Class.name} have codecs of one name, ${describe(name)}`;
        throw notCacheable(where, two, 'Stored entries would take one for the other: give each a name of its own.');
      }
      if (namesake === undefined) this.#byName.set(name, codec);
      const prototype = prototypeOf(codec);
      if (!this.#byPrototype.has(prototype)) this.#byPrototype.set(prototype, codec);
    }
  }

  /** The codec of the very class of an object. */
  of(value: object): Codec | undefined {
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype === Object.prototype || typeof prototype !== 'object' || prototype === null) return undefined;
    return this.#byPrototype.get(prototype);
  }

  /** The codec of a name. */
  named(name: string): Codec | undefined {
    return this.#byName.get(name);
  }

  /** What to say of an instance of a subclass of a class that has a codec; undefined for any other. */
  refusalOf(value: object): Refusal | undefined {
    const own: unknown = Object.getPrototypeOf(value);
    for (let at = own; typeof at === 'object' && at !== null; at = Object.getPrototypeOf(at)) {
      const base = this.#byPrototype.get(at);
      if (base !== undefined) return refusalOfSubclass(nameOf(own), base);
    }
    return undefined;
  }
}

/** The prototype that instances of the class of a codec have. */
export function prototypeOf(codec: Codec): object {
  // `defineCodec` and `recordCodec` have made sure of it.
  return codec.class.prototype as object;
}

/** The codecs of a function, its own before those of its cache; undefined for none. */
export function codecsOf(own: CodecList | undefined, shared: CodecList, where: string): Codecs | undefined {
  if ((own ?? []).flat().length + shared.flat().length === 0) return undefined;
  const codecs = new Codecs();
  if (own !== undefined) codecs.add(own, where);
  codecs.add(shared, where);
  return codecs;
}

/** Refuses what is no list of codecs, and a list with two for one class or of one name. */
export function checkCodecs(value: unknown, where: string, option: string): void {
  if (!isCodecList(value)) {
    throw invalidOption(where, option, value, 'a list of what defineCodec() and recordCodec() return');
  }
  new Codecs().add(value, where);
}

function isCodecList(value: unknown): value is CodecList {
  return Array.isArray(value) && value.flat().every(isCodec);
}

function isCodec(value: unknown): value is Codec {
  if (typeof value !== 'object' || value === null) return false;
  const type = (property: string): string => typeof Reflect.get(value, property);
  const isNamed = type('class') === 'function' && type('name') === 'string';
  return isNamed && ['undefined', 'function'].includes(type('encode')) && type('encode') === type('decode');
}

function refusalOfSubclass(name: string, base: Codec): Refusal {
  const Base = base.class.name;
  return new Refusal(
    `an instance of ${name}, a subclass of ${Base}`,
    `The codec ${describe(base.name)} takes instances of ${Base} itself, since those of ${name} may hold more: give ` +
      `${name} a codec of its own, such as recordCodec(${Base}, ${name}).`,
  );
}

function nameOf(prototype: unknown): string {
  const constructor: unknown =
    typeof prototype === 'object' && prototype !== null ? Reflect.get(prototype, 'constructor') : undefined;
  return typeof constructor === 'function' && constructor.name !== '' ? constructor.name : 'a nameless class';
}
