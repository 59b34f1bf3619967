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
 * and an array whose first item begins with ~# is an object that JSON has not, or is not trusted with:
 *
 *   ["~#M", k, v, k, v, …] Map          ["~#S", a, b, …] Set         ["~#N", {…}] an object without a prototype
 *   ["~#A", length, {…}] an array with holes or named properties     ["~#O", x] a boxed primitive
 *   ["~#E", "TypeError", {…}, {…}] an error: its own properties, first the non-enumerable ones, then the others
 *   ["~#Q", k, v, …] URLSearchParams    ["~#H", k, v, …] Headers     ["~#G", "AQID", max] a resizable ArrayBuffer
 *   ["~#C", "money", data] an instance that a codec encoded         ["~#P", "User", {…}] one that is its fields
 *   ["~#T", shape, [a, a, …], [b, b, …], …] a table: an array of plain objects of one shape, as its columns
 *   ["~#F", name, value, name, value, …] a plain object, or what is {…} above, where JSON would escape a name (names.ts)
 *
 * A shape is ["id",0,"at",2,"owner",["name",0],"tags",1]: names, and what each holds in every row. 0 primitives of JSON, as
 * they are (also where they look like tags); 1 anything, as it is written elsewhere; 2 Dates or null, as the milliseconds since
 * the Date before it in the column, the first since 1970; […] an object of that shape, whose columns stand in its place. The
 * second time it is the number of the shape, counted from 0 in the order in which shapes stand in the text. Graphs have no tables.
 *
 * So but in tables and in ~#F a plain object is always written as itself. Bytes are those of a little-endian machine.
 *
 * Frames of the versions 01 and 02 have neither ~#T nor ~#F; those of 02 have rows in the place of tables (old-rows.ts).
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

/** Heads a table. */
export const TABLE: string = `${HEAD}T`;
/** Heads an object whose names are written as texts. */
export const SPELLED: string = `${HEAD}F`;

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
