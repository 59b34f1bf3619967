import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { pond } from '../support/cache.js';
import { failureOf, unchecked } from '../support/gate.js';
import { noted } from './support.js';

describe('what cannot be recorded is told where it is called', () => {
  test('a response as an argument, with what the action is to do instead', async () => {
    const { cache } = pond();
    const setHeader = cache.effect('setHeader', (response: ServerResponse) => response.setHeader('x', '1'));
    const load = cache.cacheData(async () => setHeader(new ServerResponse(new IncomingMessage(new Socket()))));
    expect(await failureOf(load())).toMatchObject({
      code: 'ERR_MILLPOND_UNCACHEABLE_VALUE',
      message: expect.stringMatching(
        /^effect setHeader: args\[0\] is a.* ServerResponse.*: pass data, .* async context\.$/,
      ),
    });
    expect(load.stats()).toMatchObject({ entries: 0, errors: 1 });
  });

  test('arguments that are no data, by their path', async () => {
    const { cache } = pond();
    const note = cache.effect('note', (_what: unknown) => {});
    const load = cache.cacheData(async () => note({ done: [() => 1] }));
    expect(await failureOf(load())).toMatchObject({
      code: 'ERR_MILLPOND_UNCACHEABLE_VALUE',
      message: expect.stringMatching(/^effect note: args\[0\]\.done\[0\]/),
    });
  });

  test.each([
    ['too many', 101, 'x'],
    ['too much', 2, 'x'.repeat(40_000)],
  ])('%s', async (_, count, text) => {
    const { cache, note } = noted();
    const load = cache.cacheData(async () => {
      for (let time = 0; time < count; time += 1) note(text);
    });
    expect(await failureOf(load())).toMatchObject({ code: 'ERR_MILLPOND_EFFECT' });
  });

  test('too many with those of inner functions', async () => {
    const { cache, note } = noted();
    const inner = cache.cacheData(async (_id: number) => {
      for (let time = 0; time < 60; time += 1) note('x');
    });
    const outer = cache.cacheData(async () => {
      await inner(1);
      await inner(2);
    });
    expect(await failureOf(outer())).toMatchObject({ code: 'ERR_MILLPOND_EFFECT' });
  });

  test.each([
    ['a name that is taken', 'note', () => {}],
    ['no name', '', () => {}],
    ['no action', 'other', 'text'],
  ])('%s', (_, name, action) => {
    const { cache } = noted();
    expect(() => cache.effect(name, unchecked(action))).toThrow(
      expect.objectContaining({ code: 'ERR_MILLPOND_INVALID_OPTION' }),
    );
  });
});
