import { Readable } from 'node:stream';
import { Controller, Get, Module, Query, Req, StreamableFile } from '@nestjs/common';
import { CacheData, CacheModule, CacheError, createCache, getCachedData } from '@millpond/nest';
import { describe, expect, test } from 'vitest';
import { platforms, serve } from './support/app.js';

const runs: string[] = [];
const caught: unknown[] = [];

async function note<T>(work: Promise<T>): Promise<T> {
  return work.catch((error: unknown) => {
    caught.push(error);
    throw error;
  });
}

@Controller()
class Pages {
  @Get('search')
  @CacheData({ ttl: '1m' })
  async search(@Query() query: Record<string, string>): Promise<Record<string, string>> {
    runs.push(Object.keys(query).join());
    return { ...query };
  }

  @CacheData()
  async byRequest(_request: object): Promise<string> {
    runs.push('byRequest');
    return 'never';
  }

  @Get('whole-request')
  async wholeRequest(@Req() request: object): Promise<string> {
    return note(this.byRequest(request));
  }

  @Get('picked')
  @CacheData({ key: (request: { url: string }) => request.url })
  async picked(@Req() request: { url: string }): Promise<string> {
    runs.push(request.url);
    return request.url;
  }

  @CacheData()
  async download(): Promise<StreamableFile> {
    return new StreamableFile(Readable.from(['a', 'b']));
  }

  @Get('file')
  async file(): Promise<StreamableFile> {
    return note(this.download());
  }
}

@Module({ controllers: [Pages] })
class PagesModule {}

describe.each(platforms)('on %s', (platform) => {
  test('an answer is the same from the cache, and query parameters make the key whatever their order', async () => {
    runs.length = 0;
    const { get } = await serve(platform, { imports: [CacheModule.forRoot(), PagesModule] });

    const [first, second, third] = [
      await get('/search?a=1&b=2'),
      await get('/search?a=1&b=2'),
      await get('/search?b=2&a=1'),
    ];

    expect(await first.text()).toBe('{"a":"1","b":"2"}');
    expect(await second.text()).toBe('{"a":"1","b":"2"}');
    expect(await third.json()).toEqual({ a: '1', b: '2' });
    expect(first.headers.get('content-type')).toBe(second.headers.get('content-type'));
    expect(runs).toEqual(['a,b']);
  });

  test('S103: a request as an argument is refused with what to do instead, and the method does not run', async () => {
    runs.length = 0;
    caught.length = 0;
    const { get } = await serve(platform, { imports: [CacheModule.forRoot(), PagesModule] });

    expect((await get('/whole-request')).status).toBe(500);

    expect(runs).toEqual([]);
    expect(caught[0]).toBeInstanceOf(CacheError);
    expect(caught[0]).toMatchObject({ code: 'ERR_MILLPOND_UNHASHABLE_ARGUMENT' });
    expect((caught[0] as Error).message).toMatch(/Pages\.byRequest: args\[0\] is .*request/);
  });

  test('S103: a key that picks from the request makes it cacheable', async () => {
    runs.length = 0;
    const { get } = await serve(platform, { imports: [CacheModule.forRoot(), PagesModule] });

    await get('/picked?a=1');
    expect(await (await get('/picked?a=1')).text()).toBe('/picked?a=1');
    expect(runs).toEqual(['/picked?a=1']);
  });

  test('a file to be streamed is refused, since it could be sent only once', async () => {
    caught.length = 0;
    const { get } = await serve(platform, { imports: [CacheModule.forRoot(), PagesModule] });

    expect((await get('/file')).status).toBe(500);

    expect(caught[0]).toMatchObject({ code: 'ERR_MILLPOND_UNCACHEABLE_VALUE' });
    expect((caught[0] as Error).message).toMatch(/Pages\.download: result.* StreamableFile/);
  });

  test('a deleted answer is made anew for the next request', async () => {
    runs.length = 0;
    await using cache = createCache();
    const { app, get } = await serve(platform, { imports: [CacheModule.forRoot({ cache }), PagesModule] });
    await get('/search?a=1');

    await getCachedData(app.get(Pages), 'search').delete({ a: '1' });
    await get('/search?a=1');

    expect(runs).toEqual(['a', 'a']);
    expect(cache.stats().functions.map(({ name }) => name)).toContain('PagesModule/Pages.search');
  });
});
