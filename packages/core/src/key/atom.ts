import { endianness } from 'node:os';
import { types } from 'node:util';
import { digestBytes } from './digest.js';
import type { Kind } from './kind.js';
import { numberText, stringText } from './text.js';

/** More bytes than these enter a key as their digest. */
const LONG_BYTES = 1024;

/** Bytes of numbers mean something else on a machine of the other byte order; so they have another text there. */
const byteOrder = endianness() === 'LE' ? '' : 'BE';

/** The kinds without children, whose text is made at once. */
export type AtomKind = Exclude<Kind, 'array' | 'plain' | 'map' | 'set'>;

/** Whether a kind has no children. */
export function isAtomKind(kind: Kind): kind is AtomKind {
  return kind !== 'array' && kind !== 'plain' && kind !== 'map' && kind !== 'set';
}

const texts: { readonly [K in AtomKind]: (value: never) => string } = {
  date: (value: Date) => `d${Date.prototype.getTime.call(value)};`,
  regexp: regexpText,
  url: (value: URL) => `U${stringText(value.href)}`,
  searchParams: (value: URLSearchParams) => `Q${stringText(String(value))}`,
  buffer: (value: ArrayBuffer) => bytesText('ArrayBuffer', new Uint8Array(value)),
  bytes: viewText,
  view: viewText,
};

/** The canonical text of an object of one of the kinds without children. */
export function atomText(value: object, kind: AtomKind): string {
  return texts[kind](value as never);
}

/** How much content an atom holds, in bytes or characters, for the limit of a key. */
export function sizeOfAtom(value: object, kind: AtomKind): number {
  return kind === 'bytes' || kind === 'view' || kind === 'buffer' ? (value as ArrayBufferView).byteLength : 0;
}

/** `lastIndex` counts, because a global or sticky expression matches from there on; on a fresh one it is 0. */
function regexpText(value: RegExp): string {
  const position: unknown = value.lastIndex;
  return `r${stringText(value.source)}${stringText(value.flags)}${numberText(Number(position))}`;
}

/** A view counts with its own window of the memory below it. A Buffer is a Uint8Array. */
function viewText(value: ArrayBufferView): string {
  const kind = types.isTypedArray(value) ? value[Symbol.toStringTag] : 'DataView';
  return bytesText(`${kind}${byteOrder}`, new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
}

function bytesText(kind: string, bytes: Uint8Array): string {
  if (bytes.length > LONG_BYTES) return `B${kind}:${bytes.length}:${digestBytes(bytes)};`;
  return `b${kind}:${bytes.length}:${Buffer.from(bytes).toString('base64url')};`;
}
