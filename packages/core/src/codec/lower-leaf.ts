import { growthLimit, viewName } from '../copy/binary.js';
import { instantOf, unboxed, type LeafKind } from '../copy/leaf.js';
import { base64, viewText } from './bytes.js';

/** A leaf as one tag, or as a head and the primitives behind it. */
export type LoweredLeaf =
  | { readonly text: string; readonly head?: undefined; readonly items?: undefined }
  | { readonly text?: undefined; readonly head: string; readonly items: readonly unknown[] };

const lowered: { readonly [K in LeafKind]: (source: never) => LoweredLeaf } = {
  date: (source: Date) => ({ text: dateTag(source) }),
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

/** What is written of a leaf in a master. */
export function lowerLeaf(source: object, kind: LeafKind): LoweredLeaf {
  return lowered[kind](source as never);
}

/** The tag of a Date. */
export function dateTag(date: object): string {
  const instant = instantOf(date);
  return Number.isNaN(instant) ? '~D' : `~D${instant}`;
}

function lowerBuffer(source: ArrayBuffer): LoweredLeaf {
  const text = base64(new Uint8Array(source));
  const limit = growthLimit(source);
  return limit === undefined ? { text: `~B${text}` } : { head: 'G', items: [text, limit] };
}
