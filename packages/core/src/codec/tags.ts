/*
 * The text of a value. It is plain JSON when the value says all that it is in JSON. Otherwise it begins with ~t (a
 * tree) or ~g (a graph: some objects are in several places) and is JSON in which a string that begins with ~ is a tag:
 *
 *   ~~abc  the string ~abc         ~u undefined      ~N NaN      ~0 -0      ~i Infinity      ~j -Infinity
 *   ~n-ff  a bigint, in hexadecimal                   ~D1700000000000  a Date, in milliseconds; ~D an invalid one
 *   ~Xgi/a+b  a RegExp: flags / source                ~Lhttps://…  a URL
 *   ~bAQID  a Buffer, in base64      ~BAQID  an ArrayBuffer     ~VAQID  a DataView     ~TInt8Array:AQID  a typed array
 *   ~R12   (in a graph) the object number 12, counted from 0 in the order in which objects begin in the text
 *
 * and an array whose first item begins with ~# is an object that JSON has not:
 *
 *   ["~#M", k, v, k, v, …] Map          ["~#S", a, b, …] Set         ["~#N", {…}] an object without a prototype
 *   ["~#A", length, {…}] an array with holes or named properties     ["~#O", x] a boxed primitive
 *   ["~#E", "TypeError", {…}, {…}] an error: its own properties, first the non-enumerable ones, then the others
 *   ["~#Q", k, v, …] URLSearchParams    ["~#H", k, v, …] Headers     ["~#G", "AQID", max] a resizable ArrayBuffer
 *   ["~#R", shape, a, b, c, a, b, c, …] an array of plain objects of one shape (a row each), as their leaves in turn
 *   ["~#C", "money", data] an instance that a codec encoded         ["~#P", "User", {…}] one that is its fields
 *
 * A shape is {"id":0,"at":2,"owner":{"name":0},"tags":1}: by name what a property holds in every row. 0 a primitive of JSON,
 * as it is; 1 anything, as it is written elsewhere; 2 a Date, as a number; {…} an object of that shape. The second time it
 * is the number of the shape, counted from 0 in the order in which shapes stand in the text. Graphs have no rows.
 *
 * So but in rows a plain object is always written as itself, whatever its keys. Bytes are those of a little-endian machine.
 */

/** Begins the text of a value that needs tags. */
export const TREE = '~t';
/** Begins the text of a value that needs tags and holds one object in several places. */
export const GRAPH = '~g';

/** The character that begins a tag, and the code of it. */
export const TAG = '~';
export const TAG_CODE = 126;
/** Begins the first item of an array that stands for another object. */
export const HEAD = '~#';

/** What stands for an array of rows. */
export const ROWS: string = `${HEAD}R`;

/** What a property of a shape holds in every row. */
export const PLAIN = 0;
export const ANY = 1;
export const INSTANT = 2;

/** The values that have a tag of their own. */
export const CONSTANTS: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ['~u', undefined],
  ['~N', NaN],
  ['~0', -0],
  ['~i', Infinity],
  ['~j', -Infinity],
]);

/** The tag of a number that JSON has not. */
export function numberTag(value: number): string {
  if (value === 0) return '~0';
  if (Number.isNaN(value)) return '~N';
  return value > 0 ? '~i' : '~j';
}
