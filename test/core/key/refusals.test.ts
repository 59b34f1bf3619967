import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { connect as connectHttp2, createServer as createHttp2Server } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import express from 'express';
import express4 from 'express4';
import fastify from 'fastify';
import { describe, expect, test } from 'vitest';
import { errorOf, keyer, keyOf } from './support.js';

/** The message by which a call with these arguments is refused. */
function refusal(...args: readonly unknown[]): string {
  const error = errorOf(() => keyOf(...args));
  expect(error.code).toBe('ERR_MILLPOND_UNHASHABLE_ARGUMENT');
  return error.message;
}

/** As the query builders of databases are. */
function thenable(): object {
  const query = new (class Query {})();
  Reflect.set(query, 'then', () => query);
  return query;
}

class User {
  readonly id = 1;
}

describe('S23: what has no key is refused with its path, its type and the cure', () => {
  const cases: readonly [string, unknown, string, string][] = [
    ['a function', function socket(): void {}, 'the function socket', 'ignoreArgs: [1]'],
    [
      'an arrow function',
      (
        () => () =>
          1
      )(),
      'a function',
      'ignoreArgs: [1]',
    ],
    ['a class', User, 'the function User', 'ignoreArgs: [1]'],
    ['a promise', Promise.resolve(1), 'a Promise', 'Await it first'],
    ['a thenable', thenable(), 'a Promise', 'Await it first'],
    ['a stream', Readable.from(['a']), 'a stream (Readable)', 'Collect it first'],
    ['a web stream', new ReadableStream(), 'a stream (ReadableStream)', 'Collect it first'],
    ['a generator', (function* () {})(), 'an iterator', 'Collect it first'],
    ['an async generator', (async function* () {})(), 'an iterator', 'Collect it first'],
    ['an array iterator', [1].values(), 'an iterator', 'Collect it first'],
    ['a map iterator', new Map().entries(), 'an iterator', 'Collect it first'],
    ['a symbol', Symbol('x'), 'a symbol (Symbol(x))', 'Pass a string'],
    ['a registered symbol', Symbol.for('x'), 'a symbol (Symbol(x))', 'Pass a string'],
    ['a WeakMap', new WeakMap(), 'a WeakMap', 'pass the values themselves'],
    ['a WeakSet', new WeakSet(), 'a WeakSet', 'pass the values themselves'],
    ['a WeakRef', new WeakRef({}), 'a WeakRef', 'pass the values themselves'],
    ['an error', new TypeError('x'), 'an Error (TypeError)', 'such as its code'],
    ['a boxed number', Object(1), 'a Number object', 'valueOf()'],
    ['a boxed string', Object('a'), 'a String object', 'valueOf()'],
    ['shared memory', new SharedArrayBuffer(1), 'a SharedArrayBuffer', 'slice()'],
    ['an instance', new User(), 'an instance of User', 'defineHasher(User, '],
    ['an instance of a nameless class', new (class {})(), 'an object', "[Symbol.for('millpond.key')]()"],
    ['a subclass of Array', new (class List extends Array {})(), 'an array of 0', 'defineHasher(List, '],
    ['a subclass of Map', new (class Bag extends Map {})(), 'an instance of Bag', 'defineHasher(Bag, '],
    ['a subclass of Set', new (class Bag extends Set {})(), 'an instance of Bag', 'defineHasher(Bag, '],
    ['a subclass of Date', new (class Day extends Date {})(), 'an instance of Day', 'defineHasher(Day, '],
    [
      'a subclass of Uint8Array',
      new (class Bits extends Uint8Array {})(1),
      'an instance of Bits',
      'defineHasher(Bits, ',
    ],
    ['a counterfeit date', Object.create(Date.prototype), 'an instance of Date', 'defineHasher(Date, '],
    [
      'a date with a property',
      Object.assign(new Date(0), { zone: 1 }),
      'an instance of Date with properties',
      'arguments of their own',
    ],
    [
      'a map with a property',
      Object.assign(new Map(), { name: 1 }),
      'an instance of Map with properties',
      'arguments of their own',
    ],
    [
      'an expression with a property',
      Object.assign(/a/, { name: 1 }),
      'an instance of RegExp with properties',
      'arguments of their own',
    ],
  ];

  test.each(cases)('%s', (_, value, type, cure) => {
    expect(refusal('first', value)).toMatch(/^load: args\[1\] is /);
    expect(refusal('first', value).slice('load: args[1] is '.length)).toMatch(new RegExp(`^${escaped(type)}`));
    expect(refusal('first', value)).toContain(', which has no key, so the function was not run. ');
    expect(refusal('first', value)).toContain(cure);
  });

  test('an object of functions and symbols', () => {
    expect(refusal(Math)).toMatch(/^load: args\[0\]\.abs is the function abs/);
  });

  function escaped(text: string): string {
    return text.replaceAll(/[()[\].]/g, String.raw`\$&`);
  }
});

describe('paths', () => {
  const fail = Symbol('x');
  const map = (key: unknown, value: unknown): Map<unknown, unknown> => new Map([[key, value]]);
  const cases: readonly [string, readonly unknown[]][] = [
    ['args[0].user.socket', [{ user: { socket: fail } }]],
    ['args[1][3]', [1, [1, 2, 3, fail]]],
    ['args[0].get("x")', [map('x', fail)]],
    ['args[0].get(1)[0].$ok', [map(1, [{ $ok: fail }])]],
    ['args[0].get(an array of 1)', [map([1], fail)]],
    ['args[0].keys()[1]', [new Map([[1, 1] as [unknown, unknown], [fail, 1]])]],
    ['args[0].values()[1].a', [new Set([1, { a: fail }])]],
    ['args[0]["a-b"]["1x"][""]', [{ 'a-b': { '1x': { '': fail } } }]],
    ['args[0].größe', [{ größe: fail }]],
    ['args[0][2]', [Object.assign([], { 2: fail })]],
    ['args[0].named', [Object.assign([1], { named: fail })]],
    ['args[0][Symbol(y)]', [{ [Symbol.for('y')]: fail }]],
  ];

  test.each(cases)('%s', (path, args) => {
    expect(refusal(...args)).toMatch(`load: ${path} is a symbol (Symbol(x)), which`);
  });

  test('a property named by a symbol of this process only is never left out silently', () => {
    const own = Symbol('own');
    expect(refusal({ a: { [own]: 1 } })).toMatch('args[0].a[Symbol(own)] is a property whose name is a symbol');
    expect(refusal(Object.assign([1], { [own]: 1 }))).toMatch('args[0][Symbol(own)] is a property');
    expect(refusal({ [own]: 1, [Symbol('other')]: 2 })).toMatch('is a property whose name is a symbol');
  });

  test('a getter or proxy that throws is told with its path and cause', () => {
    const boom = new Error('boom');
    const value = {
      get a(): never {
        throw boom;
      },
    };
    const error = errorOf(() => keyOf({ value }));
    expect(error.code).toBe('ERR_MILLPOND_UNHASHABLE_ARGUMENT');
    expect(error.message).toContain('args[0].value.a is unreadable (Error: boom)');
    expect(error.cause).toBe(boom);
    const revoked = Proxy.revocable({}, {});
    revoked.revoke();
    expect(refusal([revoked.proxy])).toContain('args[0][0] is unreadable (TypeError: ');
  });

  test('an instance whose getters throw is refused like any other', () => {
    class Guarded {
      readonly arrayBuffer = () => 1;
      get headers(): never {
        throw new Error('not yours');
      }
    }
    expect(refusal(new Guarded())).toContain('args[0] is an instance of Guarded, which has no key');
  });

  test('a refused value does not spoil the next key', () => {
    const load = keyer();
    const before = load.keyOf(undefined, [{ a: [1] }]);
    errorOf(() => load.keyOf(undefined, [{ a: [fail] }]));
    expect(load.keyOf(undefined, [{ a: [1] }])).toBe(before);
  });
});

describe('S103: requests and responses are refused with the fields to pass instead', () => {
  const cure = 'Pass the fields that the answer depends on instead, such as request.params.id.';

  async function serve(server: Server, ask: (url: string) => Promise<unknown>): Promise<void> {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      await ask(`http://127.0.0.1:${(server.address() as AddressInfo).port}/users/7?page=2`);
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  }

  test('of node:http', async () => {
    const told: string[] = [];
    const server = createServer((request, response) => {
      told.push(refusal(request), refusal({ request, response }), refusal(1, response));
      response.end();
    });
    await serve(server, (url) => fetch(url, { headers: { connection: 'close' } }));
    expect(told.map((message) => message.replace(', which has no key, so the function was not run.', ''))).toEqual([
      `load: args[0] is an HTTP request (IncomingMessage) ${cure}`,
      `load: args[0].request is an HTTP request (IncomingMessage) ${cure}`,
      `load: args[1] is an HTTP response (ServerResponse) ${cure}`,
    ]);
  });

  test('of node:http2', async () => {
    const told: string[] = [];
    const server = createHttp2Server((request, response) => {
      told.push(refusal(request), refusal(response));
      response.end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const client = connectHttp2(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    await new Promise((resolve) => client.request({ ':path': '/' }).on('close', resolve).resume().end());
    await new Promise<void>((resolve) => client.close(resolve));
    await new Promise((resolve) => server.close(resolve));
    expect(told[0]).toContain(
      `an HTTP request (Http2ServerRequest), which has no key, so the function was not run. ${cure}`,
    );
    expect(told[1]).toContain(
      `an HTTP response (Http2ServerResponse), which has no key, so the function was not run. ${cure}`,
    );
  });

  test.each([
    ['4', express4 as typeof express],
    ['5', express],
  ])('of Express %s, whose query and params have keys', async (_, framework) => {
    const told: string[] = [];
    const app = framework();
    app.get('/users/:id', (request: express.Request, response: express.Response) => {
      told.push(refusal(request), refusal(response), keyOf(request.query, request.params));
      response.end();
    });
    await serve(createServer(app as (request: IncomingMessage, response: ServerResponse) => void), (url) =>
      fetch(url, { headers: { connection: 'close' } }),
    );
    expect(told[0]).toContain(
      `an HTTP request (IncomingMessage), which has no key, so the function was not run. ${cure}`,
    );
    expect(told[1]).toContain(
      `an HTTP response (ServerResponse), which has no key, so the function was not run. ${cure}`,
    );
    expect(told[2]).toBe(keyOf({ page: '2' }, { id: '7' }));
  });

  test('of Fastify, also of its test injector; its query and params have keys', async () => {
    const told: string[] = [];
    const app = fastify();
    app.get('/users/:id', async (request, reply) => {
      told.push(refusal(request), refusal(request.raw), refusal(reply), refusal(reply.raw));
      return keyOf(request.query, request.params);
    });
    const response = await app.inject('/users/7?page=2');
    expect(response.body).toBe(keyOf({ page: '2' }, { id: '7' }));
    await app.close();
    expect(told.map((message) => /an HTTP (?:request|response)/.exec(message)?.[0])).toEqual([
      'an HTTP request',
      'an HTTP request',
      'an HTTP response',
      'an HTTP response',
    ]);
    for (const message of told) expect(message).toContain(cure);
  });

  test('their headers and signals, which are often passed on', () => {
    const { headers, signal } = new Request('http://a/');
    expect(refusal(headers)).toContain(
      'args[0] is Headers, which has no key, so the function was not run. Pass the headers',
    );
    expect(refusal({ signal })).toContain('args[0].signal is an AbortSignal, which has no key');
    expect(refusal({ signal })).toContain('withOptions({ signal })');
  });

  test('of the web, and the context of a Nest handler', async () => {
    const { ExecutionContextHost } = await import('@nestjs/core/helpers/execution-context-host.js');
    expect(refusal(new Request('http://a/'))).toContain(`an HTTP request (Request)`);
    expect(refusal(new Response('a'))).toContain(`an HTTP response (Response)`);
    const context = refusal(new ExecutionContextHost([]));
    expect(context).toContain('the context of a request (ExecutionContextHost)');
    expect(context).toContain(cure);
  });
});
