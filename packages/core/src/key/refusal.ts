import { types } from 'node:util';
import { className, describe } from '../errors/index.js';

/** What is said of a value that has no key. */
export interface Refusal {
  /** What it is, with its article: `a Promise`. */
  readonly type: string;
  /** The edit that mends it. */
  readonly cure: string;
}

/** Looks at a value that has no key; `leaveOut` is the cure for what does not belong into the key at all. */
type Rule = (value: object, leaveOut: string) => Refusal | undefined;

const FIELDS = 'Pass the fields that the answer depends on instead, such as request.params.id.';
const COLLECT = 'Collect it first, and pass what it held.';

/** The first that knows the value speaks. */
const rules: readonly Rule[] = [
  aFunction,
  // Before promises, because Fastify's reply is one too.
  ofHttp,
  aPromise,
  ofTheWeb,
  (value) => (isStream(value) ? { type: `a stream (${nameOf(value)})`, cure: COLLECT } : undefined),
  (value) => (isIterator(value) ? { type: `an iterator (${nameOf(value)})`, cure: COLLECT } : undefined),
  aWeakThing,
  anError,
  aBox,
  sharedMemory,
];

/** Says what a value without a key is, and what to do instead. */
export function refusalOf(value: object | symbol, leaveOut: string): Refusal {
  if (typeof value === 'symbol') {
    return { type: `a symbol (${describe(value)})`, cure: 'Pass a string that says the same.' };
  }
  for (const rule of rules) {
    const refusal = rule(value, leaveOut);
    if (refusal !== undefined) return refusal;
  }
  return anInstance(value, leaveOut);
}

function aFunction(value: object, leaveOut: string): Refusal | undefined {
  return typeof value === 'function'
    ? { type: describe(value), cure: `Pass what it depends on instead, or ${leaveOut}.` }
    : undefined;
}

function aPromise(value: object): Refusal | undefined {
  if (!types.isPromise(value) && typeof peek(value, 'then') !== 'function') return undefined;
  return { type: 'a Promise', cure: 'Await it first, and pass what it resolves to.' };
}

function ofHttp(value: object): Refusal | undefined {
  const role = roleOf(value) ?? roleOf(peek(value, 'raw')) ?? roleOf(peek(value, 'req'));
  if (role !== undefined) return { type: `an HTTP ${role} (${nameOf(value)})`, cure: FIELDS };
  const isContext = typeof peek(value, 'switchToHttp') === 'function';
  return isContext ? { type: `the context of a request (${nameOf(value)})`, cure: FIELDS } : undefined;
}

/** Parts of requests that are often passed on: what they hold is for the key, they are not. */
function ofTheWeb(value: object, leaveOut: string): Refusal | undefined {
  if (value instanceof Headers) {
    return { type: 'Headers', cure: "Pass the headers that the answer depends on, such as headers.get('accept')." };
  }
  if (!(value instanceof AbortSignal)) return undefined;
  const cure = `A run has a signal of its own, currentSignal(); its callers give theirs by withOptions({ signal }). Or ${leaveOut}.`;
  return { type: 'an AbortSignal', cure };
}

/** By shape, so that the messages of every framework, of HTTP/2 and of test injectors are known. */
function roleOf(value: unknown): 'request' | 'response' | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const isWeb = typeof peek(value, 'arrayBuffer') === 'function' && isObject(peek(value, 'headers'));
  if (isWeb) return typeof peek(value, 'status') === 'number' ? 'response' : 'request';
  if (!isStream(value)) return undefined;
  if (typeof peek(value, 'writeHead') === 'function') return 'response';
  return isObject(peek(value, 'headers')) && typeof peek(value, 'method') === 'string' ? 'request' : undefined;
}

function isStream(value: object): boolean {
  if (typeof peek(value, 'pipe') === 'function' && typeof peek(value, 'on') === 'function') return true;
  return ['ReadableStream', 'WritableStream', 'TransformStream'].includes(tagOf(value));
}

function isIterator(value: object): boolean {
  if (typeof peek(value, 'next') !== 'function') return false;
  return [Symbol.iterator, Symbol.asyncIterator].some((symbol) => typeof peek(value, symbol) === 'function');
}

function aWeakThing(value: object): Refusal | undefined {
  const tag = tagOf(value);
  if (!['WeakMap', 'WeakSet', 'WeakRef'].includes(tag)) return undefined;
  return { type: `a ${tag}`, cure: 'Its content cannot be seen: pass the values themselves.' };
}

function anError(value: object, leaveOut: string): Refusal | undefined {
  if (!types.isNativeError(value)) return undefined;
  return { type: `an Error (${nameOf(value)})`, cure: `Pass what tells it apart, such as its code, or ${leaveOut}.` };
}

function aBox(value: object): Refusal | undefined {
  if (!types.isBoxedPrimitive(value)) return undefined;
  return { type: `a ${tagOf(value)} object`, cure: 'Pass the primitive that it wraps: its valueOf().' };
}

function sharedMemory(value: object): Refusal | undefined {
  if (!types.isSharedArrayBuffer(value)) return undefined;
  return { type: 'a SharedArrayBuffer', cure: 'Pass a copy of its content: new Uint8Array(buffer).slice().' };
}

function anInstance(value: object, leaveOut: string): Refusal {
  const name = className(value) ?? 'its class';
  return {
    type: describe(value),
    cure:
      'Pass what identifies it, such as its id; or say how it is keyed, with hashers: ' +
      `[defineHasher(${name}, (value) => value.id)] or a method [Symbol.for('millpond.key')]() of the class; or ${leaveOut}.`,
  };
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

function nameOf(value: object): string {
  return className(value) ?? 'of a nameless class';
}

function tagOf(value: object): string {
  const tag = peek(value, Symbol.toStringTag);
  return typeof tag === 'string' ? tag : (className(value) ?? '');
}

/** Reads a property of a value that is refused anyway: one that throws says nothing about it. */
function peek(value: unknown, key: PropertyKey): unknown {
  try {
    return isObject(value) ? Reflect.get(value as object, key) : undefined;
  } catch {
    return undefined;
  }
}
