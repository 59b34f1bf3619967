import { digest, isWellFormed } from './digest.js';

/*
 * The canonical text. Every part begins with a tag and tells by itself where it ends (a length, or a closing
 * character that its contents cannot hold), so that parts are joined without escaping and never run into each other:
 *
 *   u undefined   z null   t true   f false   h2; two holes   n1.5; number   i12; bigint
 *   s2:ab string        w4:…; string with a lone surrogate (base64url of its UTF-16)     S9999:…; digest of a long string
 *   ys3:abc the property Symbol.for('abc')
 *   d0; Date      r<source><flags><lastIndex> RegExp      U<href> URL      Q<query> URLSearchParams
 *   bUint8Array:3:…; bytes (base64url)     BUint8Array:9999:…; digest of many bytes
 *   [ … ] array, then after | its named properties     { … } object, keys sorted
 *   M … } Map, E … } Set, members sorted by their text
 *   H<class><class of the value> … by a hasher     K<class> … by its own key method
 *   ^1; the container that is so many levels up     #9999:…; digest of a longer text
 *   ( … ) arguments, with * for an ignored one     = … by the option `key`     @ … this, before the arguments
 *   %s…; %r…; %a…; the session, the request, or the anonymous request whose call it is, before everything
 */

/**
 * Texts of more characters are replaced by their digest, so that no key holds more, whatever the arguments hold; beyond
 * 16,383 characters V8 would also hash strings by their length alone.
 */
export const LONG = 4096;

/** The text, or a tagged digest of it with its length when it is long. */
export function shorten(text: string): string {
  return text.length <= LONG ? text : `#${text.length}:${digest(text)};`;
}

/** The canonical text of a string. */
export function stringText(value: string): string {
  if (value.length > LONG) return `S${value.length}:${digest(value)};`;
  if (isWellFormed(value)) return `s${value.length}:${value}`;
  return `w${value.length}:${Buffer.from(value, 'utf16le').toString('base64url')};`;
}

/** The canonical text of a number; as by `Object.is`, `NaN` has one text and `-0` its own. */
export function numberText(value: number): string {
  return value === 0 && Object.is(value, -0) ? 'n-0;' : `n${value};`;
}

/** The canonical text of a primitive, or undefined for what has none by itself: objects, functions, symbols. */
export function primitiveText(value: unknown): string | undefined {
  switch (typeof value) {
    case 'string':
      return stringText(value);
    case 'number':
      return numberText(value);
    case 'boolean':
      return value ? 't' : 'f';
    case 'undefined':
      return 'u';
    case 'bigint':
      return `i${value};`;
    case 'object':
      return value === null ? 'z' : undefined;
    case 'function':
    case 'symbol':
    default:
      return undefined;
  }
}
