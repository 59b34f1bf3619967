import { types } from 'node:util';
import { className, describe } from '../errors/index.js';
import { knownResource } from '../key/index.js';

/**
 * Why one value inside a result is not data. It travels from the place where it is found to the begin of the walk,
 * which knows the path and makes the error of the caller's function.
 */
export class Refusal extends Error {
  /** What it is, with its article: `a Promise`. */
  readonly type: string;
  /** The edit that mends it. */
  readonly cure: string;
  /** The property that is meant, of the value at hand; undefined for the value itself. */
  readonly key: PropertyKey | undefined;

  constructor(type: string, cure: string, key?: PropertyKey, cause?: unknown) {
    super(`${type} is not data`, cause === undefined ? undefined : { cause });
    this.name = 'Refusal';
    this.type = type;
    this.cure = cure;
    this.key = key;
  }
}

const RESOURCE = 'Return data only; keep living things with cacheResource.';

/** What cannot be data for another reason than its class. */
interface Rule {
  readonly holds: (value: object) => boolean;
  readonly refuse: (value: object) => Refusal;
}

/** The first that holds speaks, so the order is from the particular to the general. */
const rules: readonly Rule[] = [
  { holds: isPromise, refuse: () => new Refusal('a Promise', 'Await it before you return it.') },
  {
    holds: (value) => types.isSharedArrayBuffer(value) || (ArrayBuffer.isView(value) && overSharedMemory(value)),
    refuse: (value) =>
      new Refusal(
        types.isSharedArrayBuffer(value) ? 'a SharedArrayBuffer' : `${describe(value)} over a SharedArrayBuffer`,
        'Others may write to its memory at any time. Return a copy of its content, such as Buffer.from(view), or keep ' +
          'it with cacheResource.',
      ),
  },
  {
    holds: (value) => types.isModuleNamespaceObject(value),
    refuse: () => new Refusal('a module namespace', 'Return an object of the exports that you want: { ...it }.'),
  },
  {
    holds: (value) => className(value) === 'Blob' || className(value) === 'File',
    refuse: (value) => new Refusal(describe(value), 'Read it first: Buffer.from(await it.arrayBuffer()).'),
  },
  {
    holds: (value) => className(value) === 'Response' || className(value) === 'Request',
    refuse: (value) =>
      new Refusal(describe(value), 'It can be read only once. Read it first: await it.json(), or await it.text().'),
  },
  {
    holds: isStream,
    refuse: (value) =>
      new Refusal(
        `a stream (${describe(value)})`,
        'It can be read only once. Collect it first, such as with text() or buffer() of node:stream/consumers, or wrap a ' +
          'function that returns it with cacheStream; keep living things with cacheResource.',
      ),
  },
  {
    holds: isIterator,
    refuse: () =>
      new Refusal(
        'a generator or an iterator',
        'It can be read only once. Collect it first: [...it], or in a loop `for await`, or wrap a function that returns ' +
          'it with cacheStream; keep living things with cacheResource.',
      ),
  },
  {
    holds: (value) => types.isWeakMap(value) || types.isWeakSet(value) || className(value) === 'WeakRef',
    refuse: (value) =>
      new Refusal(`a ${className(value) ?? 'weak collection'}`, `It has no contents of its own. ${RESOURCE}`),
  },
  {
    holds: (value) => types.isNativeError(value),
    refuse: (value) =>
      new Refusal(describe(value), 'Return an Error of the language with its fields as properties, or plain data.'),
  },
  { holds: isBoxedSymbol, refuse: () => new Refusal('a boxed symbol', 'Return a string that says the same.') },
];

/** What to say of an object that is none of the kinds of data. */
export function refusalOf(value: object): Refusal {
  const resource = refusalOfResource(value);
  if (resource !== undefined) return resource;
  for (const rule of rules) if (rule.holds(value)) return rule.refuse(value);
  const name = className(value);
  const named = name !== undefined && name !== 'Object';
  const type = named ? `an instance of ${name}` : 'an object with a prototype of its own';
  const codec = named ? `; or say how it is kept, with codecs: [recordCodec(${name})]` : '';
  return new Refusal(
    type,
    `Return plain data instead, such as an object of its fields${codec}. (A thing to be shared: use cacheResource.)`,
  );
}

/** What to say of a function or a symbol. */
export function refusalOfPrimitive(value: unknown): Refusal {
  if (typeof value === 'symbol')
    return new Refusal(`a symbol (${describe(value)})`, 'Return a string that says the same.');
  return (typeof value === 'function' ? refusalOfResource(value) : undefined) ?? new Refusal(describe(value), RESOURCE);
}

/** A cached resource that is returned as data would be a copy, which is no pool any more. */
function refusalOfResource(value: object): Refusal | undefined {
  const known = knownResource(value);
  if (known === undefined) return undefined;
  const cure = `Return what was read with it; whoever needs the thing itself asks ${known.fn} for it.`;
  return new Refusal(`the resource of ${known.fn}`, cure);
}

/** What to say of a property that is named by a symbol. */
export function refusalOfSymbolKey(key: symbol): Refusal {
  return new Refusal(
    'a property named by a symbol',
    'Name it by a string, or make it non-enumerable: then it is left out.',
    key,
  );
}

/** What to say of a property that was added to an object whose content is elsewhere, such as a Map. */
export function refusalOfExtra(value: object, key: string): Refusal {
  return new Refusal(
    `a property that was added to ${describe(value)}`,
    'Only plain objects, arrays and errors have properties of their own as data: put it beside, in a plain object.',
    key,
  );
}

function isPromise(value: object): boolean {
  return types.isPromise(value) || (typeof Reflect.get(value, 'then') === 'function' && className(value) !== 'Object');
}

/** Whether a view looks into memory that other threads may write. */
export function overSharedMemory(view: ArrayBufferView): boolean {
  return types.isSharedArrayBuffer(view.buffer);
}

function isStream(value: object): boolean {
  const has = (name: string): boolean => typeof Reflect.get(value, name) === 'function';
  return has('pipe') || has('pipeTo') || (has('getWriter') && has('abort')) || className(value) === 'TransformStream';
}

function isIterator(value: object): boolean {
  if (types.isGeneratorObject(value) || types.isMapIterator(value) || types.isSetIterator(value)) return true;
  return (
    typeof Reflect.get(value, 'next') === 'function' && (Symbol.iterator in value || Symbol.asyncIterator in value)
  );
}

function isBoxedSymbol(value: object): boolean {
  return types.isSymbolObject(value);
}
