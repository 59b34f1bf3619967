import { createHash } from 'node:crypto';
import { unsendableAnswer } from '../errors/index.js';

/** What a cached route keeps of one answer: bytes, ready to be written. */
export interface RouteAnswer {
  /** JSON, as UTF-8. */
  readonly body: Buffer;
  /** A weak entity tag of the body, computed once. */
  readonly etag: string;
}

/** Turns what a handler returned into text; a framework with response schemas brings its own. */
export type Serialize = (value: unknown) => string;

/** The media type of every cached answer. */
export const JSON_TYPE = 'application/json; charset=utf-8';

/**
 * Writes what a handler returned as JSON, once. What `JSON.stringify` throws (a cycle, a BigInt, a `toJSON` of the
 * user's) is passed on as it is.
 *
 * @throws CacheError `ERR_MILLPOND_ROUTE` for what JSON has no word for, or would lose.
 */
export function answerOf(value: unknown, route: string, serialize: Serialize = JSON.stringify): RouteAnswer {
  const lost = whatJsonLoses(value);
  if (lost !== undefined) throw unsendableAnswer(route, lost.what, lost.cure);
  // Memory of its own: a small slice of Node's shared pool would hold on to all of it.
  const text = serialize(value);
  const body = Buffer.allocUnsafeSlow(Buffer.byteLength(text));
  body.write(text);
  return { body, etag: etagOf(body) };
}

/** 128 bits and a bit more: nobody makes two bodies of one tag. Weak, since a proxy may compress the body. */
function etagOf(body: Buffer): string {
  return `W/"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;
}

interface Loss {
  readonly what: string;
  readonly cure: string;
}

const COLLECT = 'Collect it first, and return plain data; what flows or is binary needs an ordinary handler.';

function whatJsonLoses(value: unknown): Loss | undefined {
  if (value === undefined) {
    return { what: 'undefined', cure: 'Return null for "nothing", or throw the error that says "not found".' };
  }
  if (typeof value === 'function' || typeof value === 'symbol') {
    return { what: `a ${typeof value}`, cure: 'Return plain data.' };
  }
  return typeof value === 'object' && value !== null ? lossOfObject(value) : undefined;
}

function lossOfObject(value: object): Loss | undefined {
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return { what: 'binary data', cure: COLLECT };
  if (value instanceof Map || value instanceof Set) {
    return { what: 'a Map or a Set, which JSON would make {}', cure: 'Return Object.fromEntries(map), or [...set].' };
  }
  const flows = ['pipe', 'getReader', 'arrayBuffer'].some((method) => typeof Reflect.get(value, method) === 'function');
  if (flows || Symbol.asyncIterator in value) return { what: 'a stream, a Response or a Blob', cure: COLLECT };
  return undefined;
}
