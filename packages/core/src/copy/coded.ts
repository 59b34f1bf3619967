import { describe, messageOf } from '../errors/index.js';
import { prototypeOf } from './codecs.js';
import type { Codec } from './define-codec.js';
import { Refusal } from './refusal.js';

/**
 * The place of an instance in a master: what its codec has made of it. Each copy decodes it anew, so that nobody gets
 * hold of the master through an instance, whatever its codec does.
 */
export class Coded {
  readonly codec: Codec;
  /** The master of what `encode` returned. */
  data: unknown;

  constructor(codec: Codec) {
    this.codec = codec;
  }
}

/** What `encode` makes of an instance. Throws a Refusal with the cause. */
export function encoded({ class: Class, name, encode }: Codec, instance: object): unknown {
  try {
    return encode === undefined ? undefined : Reflect.apply(encode, undefined, [instance]);
  } catch (error) {
    throw new Refusal(
      `an instance of ${Class.name} which its codec ${describe(name)} could not encode (${messageOf(error)})`,
      'Mend its encode.',
      undefined,
      error,
    );
  }
}

/** Why no instance could be made of the data of a place. */
export class Undecodable extends Error {
  readonly place: Coded;
  readonly refusal: Refusal;

  constructor(place: Coded, why: string, cause: unknown) {
    super(why);
    this.name = 'Undecodable';
    this.place = place;
    const { class: Class, name } = place.codec;
    this.refusal = new Refusal(
      `an instance of ${Class.name} which its codec ${describe(name)} could not decode (${why})`,
      'Mend its decode, so that it makes a new instance of the class of what encode returned.',
      undefined,
      cause,
    );
  }
}

/** A new instance of a copy of the data of a place. Throws an {@link Undecodable}. */
export function decoded(place: Coded, data: unknown): object {
  const { class: Class, decode } = place.codec;
  let instance: unknown;
  try {
    instance = decode === undefined ? undefined : Reflect.apply(decode, undefined, [data]);
  } catch (error) {
    throw new Undecodable(place, messageOf(error), error);
  }
  // A hit is to have the type that the function's own result has.
  if (typeof instance === 'object' && instance !== null) {
    if (Object.getPrototypeOf(instance) === prototypeOf(place.codec)) return instance;
  }
  throw new Undecodable(place, `it returned ${describe(instance)}, not an instance of ${Class.name} itself`, undefined);
}
