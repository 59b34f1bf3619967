import { endianness } from 'node:os';
import { types } from 'node:util';
import { bytesOf, ownMemory, viewOver } from '../copy/binary.js';

const SWAPPED = endianness() === 'BE';

/** The bytes of a view as base64, in the order of a little-endian machine. */
export function viewText(view: ArrayBufferView): string {
  return base64(inOrder(bytesOf(view), types.isTypedArray(view) ? view.BYTES_PER_ELEMENT : 1));
}

/** Bytes as base64. */
export function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

/** A view of a class over the bytes of {@link viewText}. Throws when the name or the text is none. */
export function viewFrom(name: string, text: string): ArrayBufferView {
  const view = viewOver(name, memoryFrom(text));
  if (types.isTypedArray(view)) bytesOf(view).set(inOrder(bytesOf(view), view.BYTES_PER_ELEMENT));
  return view;
}

/** Bytes of base64, in memory of their own. Throws when the text is not base64, of which Buffer would take a part. */
export function memoryFrom(text: string): ArrayBuffer {
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) throw new Error('bytes that are not base64');
  const padding = text.endsWith('==') ? 2 : Number(text.endsWith('='));
  const memory = ownMemory((text.length / 4) * 3 - padding);
  Buffer.from(memory).write(text, 'base64');
  return memory;
}

/** The bytes in the order of a little-endian machine, or from it: on such a machine the bytes themselves. */
export function inOrder(bytes: Uint8Array, elementSize: number, swapped: boolean = SWAPPED): Uint8Array {
  if (!swapped || elementSize === 1) return bytes;
  const copy = Uint8Array.from(bytes);
  for (let at = 0; at < copy.length; at += elementSize) copy.subarray(at, at + elementSize).reverse();
  return copy;
}
