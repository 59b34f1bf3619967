import { createReadStream } from 'node:fs';
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { constants, runInThisContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { CacheError } from '@millpond/core';
import { encodeValue } from '../../../packages/core/src/codec/index.js';
import { adopt, keep } from '../../../packages/core/src/copy/index.js';
import { thrownBy } from '../../support/thrown-by.js';

const clone = { fn: 'load', mode: 'clone' } as const;

function refusal(value: unknown): CacheError {
  const error = thrownBy(() => keep(value, clone));
  if (!(error instanceof CacheError)) throw error;
  expect(error.code).toBe('ERR_MILLPOND_UNCACHEABLE_VALUE');
  return error;
}

class Money {
  readonly cents: number;
  constructor(cents: number) {
    this.cents = cents;
  }
}
class Tags extends Array<string> {}
class Index extends Map<string, number> {}
class Instant extends Date {}
class NotFound extends Error {}

function* numbers(): Generator<number> {
  yield 1;
}
async function* pages(): AsyncGenerator<number> {
  yield 1;
}

async function closed(stream: Readable): Promise<Readable> {
  await new Promise((resolve) => stream.once('close', resolve).destroy());
  return stream;
}

describe('S40: what lives is refused, with what to do instead', () => {
  test.each([
    ['a function', () => 1, 'cacheResource'],
    ['a method', Reflect.get({ run() {} }, 'run'), 'cacheResource'],
    ['a stream', Readable.from(['a']), /Collect it first.*cacheResource/],
    ['a web stream', new ReadableStream(), /Collect it first.*cacheResource/],
    ['a writable web stream', new WritableStream(), /Collect it first.*cacheResource/],
    ['a transforming web stream', new TransformStream(), /Collect it first.*cacheResource/],
    ['a socket', new Socket(), 'cacheResource'],
    ['a request', new IncomingMessage(new Socket()), 'cacheResource'],
    ['a generator', numbers(), /Collect it first.*cacheResource/],
    ['an asynchronous generator', pages(), /Collect it first.*cacheResource/],
    ['an iterator', new Map().entries(), /Collect it first/],
    ['an iterator of one’s own', [1].values(), /Collect it first/],
    ['a promise', Promise.resolve(1), 'Await it'],
    ['a symbol', Symbol('token'), 'a string'],
    ['a boxed symbol', Object(Symbol('token')), 'a string'],
    ['a WeakMap', new WeakMap(), 'cacheResource'],
    ['a WeakSet', new WeakSet(), 'cacheResource'],
    ['a WeakRef', new WeakRef({}), 'cacheResource'],
    ['a SharedArrayBuffer', new SharedArrayBuffer(8), 'copy of its content'],
    ['a view of one', new Uint8Array(new SharedArrayBuffer(8)), 'copy of its content'],
    ['a DataView of one', new DataView(new SharedArrayBuffer(8)), 'copy of its content'],
    ['a Blob', new Blob(['x']), 'arrayBuffer()'],
    ['a File', new File(['x'], 'a.txt'), 'arrayBuffer()'],
    ['a fetch response', new Response('x'), 'json()'],
    ['a fetch request', new Request('http://a.example/'), 'json()'],
    ['a proxy of a function', new Proxy(() => 1, {}), 'cacheResource'],
  ])('%s', (_, value, cure) => {
    const error = refusal({ user: { it: value } });
    expect(error.message).toContain('load: result.user.it is ');
    expect(error.message).toContain('which cannot be kept as data');
    expect(error.message).toMatch(cure);
    expect(error.cause).toBeUndefined();
  });

  test('the result itself', () => {
    expect(refusal(() => 1).message).toMatch(/^load: result is a function/);
    expect(refusal(Symbol('x')).message).toMatch(/^load: result is a symbol/);
    expect(refusal(numbers()).message).toMatch(/^load: result is a generator/);
  });

  test('a file that is being read', async () => {
    const stream = createReadStream(import.meta.filename);
    expect(refusal([stream]).message).toContain('result[0] is a stream (an instance of ReadStream)');
    await closed(stream);
  });

  test('a module namespace, whose exports may change', async () => {
    // Evaluated by Node itself: what the test runner makes of an import is an ordinary object.
    const importModuleDynamically = constants.USE_MAIN_CONTEXT_DEFAULT_LOADER;
    const module: unknown = await runInThisContext(`import('node:path')`, { importModuleDynamically });
    expect(refusal({ module }).message).toContain('result.module is a module namespace');
  });
});

describe('S39: instances of classes are refused, never flattened', () => {
  test.each([
    ['Money', new Money(5)],
    ['Tags', Tags.from(['a'])],
    ['Index', new Index()],
    ['Instant', new Instant()],
    ['NotFound', new NotFound('x')],
    ['Bytes', new (class Bytes extends Uint8Array {})(2)],
    ['AbortError', new DOMException('x', 'AbortError')],
    ['Collator', new Intl.Collator()],
  ])('%s', (name, value) => {
    const { message } = refusal([{ value }]);
    expect(message).toContain('load: result[0].value is an instance of ');
    if (name !== 'AbortError') expect(message).toContain(name);
    expect(message).toMatch(/plain data|Error of the language/);
  });

  test('an object with a prototype of its own', () => {
    expect(refusal(Object.create({ inherited: 1 })).message).toContain(
      'result is an object with a prototype of its own',
    );
    expect(refusal(Object.create(Date.prototype)).message).toContain('result is an instance of Date');
    expect(refusal(Object.create(Error.prototype)).message).toContain('result is an instance of Error');
  });

  test('an array that pretends to be an object, and the reverse', () => {
    expect(() => keep(Object.setPrototypeOf([1], Object.prototype), clone)).toThrow('result is');
    expect(() => keep(Object.setPrototypeOf({}, Array.prototype), clone)).toThrow('result is');
  });

  test('an object without a usable constructor', () => {
    const prototype = Object.defineProperty({}, 'constructor', {
      get() {
        throw new Error('no');
      },
    });
    expect(refusal(Object.create(prototype)).message).toContain('a prototype of its own');
  });
});

describe('properties that a copy would lose are refused', () => {
  test('those that are named by symbols', () => {
    for (const value of [
      { [Symbol('tag')]: 1 },
      { [Symbol.for('tag')]: 1 },
      [{}].map((o) => Object.assign(o, { [Symbol('tag')]: 1 }))[0],
    ]) {
      expect(refusal({ a: [value] }).message).toContain('result.a[0][Symbol(tag)] is a property named by a symbol');
    }
    const list = Object.assign([1], { [Symbol('tag')]: 1 });
    expect(refusal({ list }).message).toContain('result.list[Symbol(tag)] is a property named by a symbol');
    expect(refusal(Object.assign(new Error('x'), { [Symbol('tag')]: 1 })).message).toContain('result[Symbol(tag)] is');
  });

  test.each([
    new Map(),
    new Set(),
    new Date(),
    /a/,
    new ArrayBuffer(1),
    new DataView(new ArrayBuffer(1)),
    Object('abc'),
  ])('those that were added to %o', (value: object) => {
    expect(() => keep([value], clone)).not.toThrow();
    expect(refusal([Object.assign(value, { extra: 1 })]).message).toContain(
      'result[0].extra is a property that was added to',
    );
  });
});

describe('the path leads to the value, as JavaScript that reads it', () => {
  const bad = (): number => 1;
  const byObject = new Map<unknown, unknown>([[{}, { bad }]]);
  test.each<[string, unknown]>([
    ['result.user.socket', { user: { socket: bad } }],
    ['result[3].x', [1, 2, 3, { x: bad }]],
    ['result["first name"]', { 'first name': bad }],
    ['result[""]', { '': bad }],
    ['result.ärger.$_1', { ärger: { $_1: bad } }],
    ['result[7]', { 7: bad }],
    ['result.get("k")', new Map([['k', bad]])],
    ['result.get(1).a', new Map([[1, { a: bad }]])],
    ['result.get(-0)', new Map([[-0, bad]]).set(-0, bad)],
    ['result.get(5n)[0]', new Map([[5n, [bad]]])],
    ['result.get(null)', new Map([[null, bad]])],
    [
      '[...result.keys()][1]',
      new Map<unknown, unknown>([
        [1, 1],
        [bad, 2],
      ]),
    ],
    ['[...result.values()][0].bad', byObject],
    ['[...result.tags][1].x', { tags: new Set([1, { x: bad }]) }],
    ['result.cause.retry', new Error('x', { cause: { retry: bad } })],
    ['result.retry', Object.assign(new Error('x'), { retry: bad })],
    ['result.errors[0].on', new AggregateError([{ on: bad }])],
    ['result[2]', Object.assign([1, 2, 3], { 2: bad })],
    ['result.extra', Object.assign([1], { extra: bad })],
  ])('%s', (path, value) => {
    const shown = path === 'result.get(-0)' ? 'result.get(0)' : path;
    for (const run of [() => keep(value, clone), () => adopt(value, clone)]) {
      expect(String(thrownBy(run))).toContain(`load: ${shown} is the function bad`);
    }
    expect(String(thrownBy(() => encodeValue(value, 'load')))).toContain(`load: ${shown} is the function bad`);
  });

  test('of holes too', () => {
    const list: unknown[] = [];
    list[40] = bad;
    expect(refusal({ list }).message).toContain('result.list[40] is the function bad');
  });

  test('a long one is shown by its ends, a long key by its begin', () => {
    let value: unknown = { bad };
    for (let level = 0; level < 100; level++) value = { next: value };
    expect(refusal(value).message).toMatch(/result(\.next){12}\.…(\.next){11}\.bad is/);
    expect(refusal({ ['k'.repeat(500) + ' ']: bad }).message.length).toBeLessThan(300);
  });
});

describe('S42: what throws when it is read is refused with its cause', () => {
  const boom = new RangeError('boom');
  const fail = (): never => {
    throw boom;
  };
  const getter = (key: string): object => Object.defineProperty({ fine: 1 }, key, { get: fail, enumerable: true });
  test.each<[string, unknown]>([
    ['result.user.name', { user: getter('name') }],
    ['result[0].name', [getter('name')]],
    ['result.list[0]', { list: Object.defineProperty([1], 0, { get: fail, enumerable: true }) }],
    ['result.list.total', { list: Object.defineProperty([1], 'total', { get: fail, enumerable: true }) }],
    ['result.error.code', { error: Object.defineProperty(new Error('x'), 'code', { get: fail, enumerable: true }) }],
    ['result.proxy', { proxy: new Proxy({}, { ownKeys: fail }) }],
    ['result.proxy', { proxy: new Proxy({}, { getPrototypeOf: fail }) }],
    ['result.proxy.key', { proxy: new Proxy({ key: 1 }, { get: fail }) }],
    ['result.list', { list: new Proxy([], { get: fail }) }],
    [
      'result.thing',
      {
        thing: Object.create(new Proxy({}, { get: fail })),
      },
    ],
    ['result.url', { url: Object.create(URL.prototype) }],
  ])('%s', (path, value) => {
    const error = refusal(value);
    expect(error.message).toContain(`load: ${path} is a value that cannot be read`);
    if (path !== 'result.url') expect(error.cause).toBe(boom);
    else expect(error.cause).toBeInstanceOf(TypeError);
  });

  test('of any class, also what is no error', () => {
    const value = Object.defineProperty({}, 'a', {
      get() {
        // eslint-disable-next-line no-throw-literal
        throw 'a string';
      },
      enumerable: true,
    });
    const error = refusal(value);
    expect(error.cause).toBe('a string');
    expect(error.message).toContain('it threw "a string"');
  });

  test('a revoked proxy, and memory that was transferred away', () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    expect(refusal({ proxy }).cause).toBeInstanceOf(TypeError);
    const memory = new ArrayBuffer(8);
    const view = new Uint8Array(memory);
    structuredClone(memory, { transfer: [memory] });
    expect(refusal({ memory }).cause).toBeInstanceOf(TypeError);
    expect(refusal({ view }).cause).toBeInstanceOf(TypeError);
  });
});

test('a value of copy: share that no text can hold is refused when it is to be stored', () => {
  const { master } = keep({ model: new Money(1) }, { fn: 'load', mode: 'share' });
  const error = thrownBy(() => encodeValue(master, 'load'));
  expect(error).toBeInstanceOf(CacheError);
  expect(String(error)).toContain('load: result.model is an instance of Money, which cannot be kept as data');
});
