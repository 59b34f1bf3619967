import { types } from 'node:util';
import { builtIn, isTypedArrayName, typedArrayName } from './kind.js';

/** Memory of exactly this many bytes that nothing else looks into; its content is whatever was there. */
export function ownMemory(bytes: number): ArrayBuffer {
  // The only way to get memory without filling it with zeros first; small Buffers made otherwise share a pool.
  return Buffer.allocUnsafeSlow(bytes).buffer;
}

/** A Buffer with memory of its own. */
export function copyBuffer(source: Uint8Array): Buffer {
  const copy = Buffer.allocUnsafeSlow(source.byteLength);
  copy.set(source);
  return copy;
}

/** A copy of what a typed array or a DataView shows: that window, in memory of its own, never the whole below it. */
export function copyView(source: ArrayBufferView): ArrayBufferView {
  return viewOver(viewName(source), copyBytes(bytesOf(source)));
}

/** The name of the class of a view. */
export function viewName(view: ArrayBufferView): string {
  return types.isTypedArray(view) ? typedArrayName(view) : 'DataView';
}

/** The bytes that a view shows, not copied. Throws when its memory was transferred away. */
export function bytesOf(view: ArrayBufferView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}

type MakeView = new (memory: ArrayBuffer) => ArrayBufferView;

/** A view of a class over the whole of a memory. Throws when the name is not that of a view. */
export function viewOver(name: string, memory: ArrayBuffer): ArrayBufferView {
  const View = isTypedArrayName(name) || name === 'DataView' ? builtIn(name) : undefined;
  if (View === undefined) throw new Error(`${JSON.stringify(name)} is not a kind of typed array here`);
  return new (View as unknown as MakeView)(memory);
}

/** A copy of an ArrayBuffer; a resizable one keeps how far it may grow. Throws when it was transferred away. */
export function copyArrayBuffer(source: ArrayBuffer): ArrayBuffer {
  const bytes = new Uint8Array(source);
  const limit = growthLimit(source);
  return limit === undefined ? copyBytes(bytes) : growable(bytes, limit);
}

/** The `maxByteLength` of a resizable ArrayBuffer; undefined for an ordinary one. */
export function growthLimit(source: ArrayBuffer): number | undefined {
  const limit: unknown = Reflect.get(source, 'maxByteLength');
  return Reflect.get(source, 'resizable') === true && typeof limit === 'number' ? limit : undefined;
}

type MakeGrowable = new (bytes: number, options: { readonly maxByteLength: number }) => ArrayBuffer;

/** A resizable ArrayBuffer with this content. Throws a RangeError for a limit below the content. */
export function growable(bytes: Uint8Array, maxByteLength: number): ArrayBuffer {
  // The declarations of ES2022 know only the first parameter.
  const memory = new (ArrayBuffer as unknown as MakeGrowable)(bytes.byteLength, { maxByteLength });
  new Uint8Array(memory).set(bytes);
  return memory;
}

function copyBytes(bytes: Uint8Array): ArrayBuffer {
  const memory = ownMemory(bytes.byteLength);
  new Uint8Array(memory).set(bytes);
  return memory;
}
