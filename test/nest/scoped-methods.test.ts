import {
  Catch,
  Controller,
  Get,
  HttpException,
  Inject,
  Injectable,
  Module,
  Req,
  Scope,
  UseFilters,
  UseGuards,
  UseInterceptors,
  type ArgumentsHost,
  type CallHandler,
  type ExecutionContext,
  type MiddlewareConsumer,
} from '@nestjs/common';
import { HttpAdapterHost, REQUEST } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { CacheData, CacheModule, createCache, provideResource, type CacheModuleOptions } from '@millpond/nest';
import session from 'express-session';
import { describe, expect, test } from 'vitest';
import { failureOf } from '../core/support/gate.js';
import { askBehindOwnServer, platforms, serve, start } from './support/app.js';
import { workshop, type Thing } from './support/things.js';

interface AnyRequest {
  readonly headers: { readonly [name: string]: string | string[] | undefined };
}

const ofHeader: CacheModuleOptions['scopes'] = { session: ({ headers }) => headers['x-user']?.toString() };

/** Numbers that its callers get: one for each request, one for each session. */
@Injectable()
class Numbers {
  runs = 0;

  @CacheData({ scope: 'request' })
  async ofRequest(): Promise<number> {
    return (this.runs += 1);
  }

  @CacheData({ scope: 'session' })
  async ofSession(): Promise<number> {
    return (this.runs += 1);
  }
}

/** What each part of an app was given in one request. */
type Seen = Record<string, number>;

interface SeeingRequest extends AnyRequest {
  readonly seen: Seen;
}

@Injectable()
class Guard {
  constructor(@Inject(Numbers) readonly numbers: Numbers) {}
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<object>();
    Reflect.set(request, 'seen', { guard: await this.numbers.ofRequest() });
    return true;
  }
}

@Injectable()
class Interceptor {
  constructor(@Inject(Numbers) readonly numbers: Numbers) {}
  async intercept(context: ExecutionContext, next: CallHandler) {
    context.switchToHttp().getRequest<SeeingRequest>().seen['interceptor'] = await this.numbers.ofRequest();
    return next.handle();
  }
}

@Catch(HttpException)
class Filter {
  constructor(
    @Inject(Numbers) readonly numbers: Numbers,
    @Inject(HttpAdapterHost) readonly host: HttpAdapterHost,
  ) {}
  async catch(_error: HttpException, host: ArgumentsHost): Promise<void> {
    const { seen } = host.switchToHttp().getRequest<SeeingRequest>();
    seen['filter'] = await this.numbers.ofRequest();
    this.host.httpAdapter.reply(host.switchToHttp().getResponse(), seen, 200);
  }
}

/** A provider of which Nest makes one for each request. */
@Injectable({ scope: Scope.REQUEST })
class Visit {
  constructor(
    @Inject(REQUEST) readonly request: AnyRequest,
    @Inject(Numbers) readonly numbers: Numbers,
  ) {}

  @CacheData({ scope: 'request', key: () => 'the visit' })
  async number(): Promise<number> {
    return this.numbers.ofRequest();
  }
}

@Controller()
@UseGuards(Guard)
@UseInterceptors(Interceptor)
@UseFilters(Filter)
class Everything {
  constructor(
    @Inject(Numbers) readonly numbers: Numbers,
    @Inject(Visit) readonly visit: Visit,
  ) {}
  @Get()
  async all(@Req() { seen }: SeeingRequest): Promise<never> {
    seen['controller'] = await this.numbers.ofRequest();
    seen['request-scoped provider'] = await this.visit.number();
    throw new HttpException('seen by the filter', 400);
  }
}

@Controller('mine')
class Mine {
  constructor(@Inject(Numbers) readonly numbers: Numbers) {}
  @Get()
  async mine(): Promise<string> {
    return String(await this.numbers.ofSession());
  }
}

describe.each(platforms)('scoped methods on %s', (platform) => {
  test('of a request are computed once for its guards, interceptors, controllers, providers and filters', async () => {
    const { get } = await serve(platform, {
      imports: [CacheModule.forRoot({ scopes: true })],
      controllers: [Everything],
      providers: [Numbers, Visit],
    });
    const seen = (n: number): Seen => ({
      guard: n,
      interceptor: n,
      controller: n,
      'request-scoped provider': n,
      filter: n,
    });
    expect(await (await get('/')).json()).toEqual(seen(1));
    expect(await Promise.all([get('/'), get('/')].map(async (answer) => (await answer).json()))).toEqual(
      expect.arrayContaining([seen(2), seen(3)]),
    );
  });

  test('may be called by the middleware of modules, which is in the same request', async () => {
    const seen: unknown[] = [];
    @Module({
      imports: [CacheModule.forRoot({ scopes: ofHeader })],
      controllers: [Mine],
      providers: [Numbers],
    })
    class AppModule {
      constructor(@Inject(Numbers) readonly numbers: Numbers) {}
      configure(consumer: MiddlewareConsumer): void {
        const look = async (_request: unknown, _response: unknown, next: () => void): Promise<void> => {
          seen.push(await this.numbers.ofRequest(), await this.numbers.ofRequest(), await this.numbers.ofSession());
          next();
        };
        consumer.apply(look).forRoutes(Mine);
      }
    }
    const { get } = await serve(platform, { imports: [AppModule] });
    expect(await (await get('/mine', { 'x-user': 'ann' })).text()).toBe('2');
    expect(await (await get('/mine', { 'x-user': 'bob' })).text()).toBe('4');
    expect(await (await get('/mine', { 'x-user': 'ann' })).text()).toBe('2');
    expect(seen).toEqual([1, 1, 2, 3, 3, 4, 5, 5, 2]);
  });

  test('hazard 29: `session` is asked about the request of the platform', async () => {
    const asked: object[] = [];
    const scopes = { session: (request: AnyRequest) => (asked.push(request), 'one session') };
    const given: unknown[] = [];
    @Controller()
    class Users {
      constructor(@Inject(Numbers) readonly numbers: Numbers) {}
      @Get()
      async me(@Req() request: object): Promise<number> {
        given.push(request);
        return this.numbers.ofSession();
      }
    }
    const { get } = await serve(platform, {
      imports: [CacheModule.forRootAsync({ useFactory: () => ({ scopes }) })],
      controllers: [Users],
      providers: [Numbers],
    });
    await get('/');
    expect(asked).toHaveLength(1);
    expect(asked[0]).toBe(given[0]);
  });

  test.each([{}, { scopes: false } as const])('there are none unless the option says so: %j', async (options) => {
    const { get } = await serve(platform, {
      imports: [CacheModule.forRoot(options)],
      controllers: [Mine],
      providers: [Numbers],
    });
    expect((await get('/mine')).status).toBe(500);
  });
});

test('Fastify’s inject() opens a scope', async () => {
  const { app } = await serve('Fastify', {
    imports: [CacheModule.forRoot({ scopes: ofHeader })],
    controllers: [Mine],
    providers: [Numbers],
  });
  const ask = async (user: string): Promise<string> =>
    (await (app as NestFastifyApplication).inject({ url: '/mine', headers: { 'x-user': user } })).body;
  expect([await ask('ann'), await ask('bob'), await ask('ann')]).toEqual(['1', '2', '1']);
});

test('express-session may be applied by a module: it is read when it is needed', async () => {
  @Module({
    imports: [CacheModule.forRoot({ scopes: true })],
    controllers: [Mine],
    providers: [Numbers],
  })
  class AppModule {
    configure(consumer: MiddlewareConsumer): void {
      consumer.apply(session({ secret: 'x', resave: false, saveUninitialized: true })).forRoutes(Mine);
    }
  }
  const { get } = await serve('Express', { imports: [AppModule] });
  const first = await get('/mine');
  const cookie = first.headers.get('set-cookie')?.split(';')[0] ?? '';
  const ask = async (): Promise<string> => (await get('/mine', { cookie })).text();
  // The first request had no cookie: it was an anonymous visitor's.
  expect([await first.text(), await ask(), await ask()]).toEqual(['1', '2', '2']);
});

test('S96: outside any HTTP request (a message, an event of a gateway, a job) they are refused, unless a scope is opened', async () => {
  await using cache = createCache();
  const app = await start({ imports: [CacheModule.forRoot({ cache, scopes: true })], providers: [Numbers] });
  const numbers = app.get(Numbers);
  expect(await failureOf(numbers.ofRequest())).toMatchObject({ code: 'ERR_MILLPOND_NO_SCOPE' });
  expect(await failureOf(numbers.ofSession())).toMatchObject({ code: 'ERR_MILLPOND_NO_SCOPE' });
  expect(numbers.runs).toBe(0);
  await cache.runInScope({ session: 'of a message' }, async () => {
    expect([await numbers.ofRequest(), await numbers.ofRequest(), await numbers.ofSession()]).toEqual([1, 1, 2]);
  });
});

test('an Express app behind a server of its own has scopes, and transient resources in what is of a request', async () => {
  const shop = workshop();
  @Injectable({ scope: Scope.REQUEST })
  class Orders {
    constructor(@Inject('CLIENT') readonly client: Thing) {}
  }
  @Controller()
  class Users {
    constructor(
      @Inject(Orders) readonly orders: Orders,
      @Inject(Numbers) readonly numbers: Numbers,
    ) {}
    @Get()
    async me(): Promise<string> {
      return `${this.orders.client.name} ${await this.numbers.ofRequest()}`;
    }
  }
  const answer = await askBehindOwnServer({
    imports: [CacheModule.forRoot({ scopes: true })],
    controllers: [Users],
    providers: [
      Numbers,
      Orders,
      provideResource('CLIENT', () => shop.build('client'), { scope: Scope.TRANSIENT, onRelease: shop.release }),
    ],
  });
  expect(answer).toBe('client 1');
  await expect.poll(() => shop.told).toEqual(['built client', 'releasing client', 'released client: close']);
});
