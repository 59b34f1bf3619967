import {
  Controller,
  Get,
  HttpCode,
  Inject,
  Injectable,
  Module,
  Param,
  Scope,
  UseGuards,
  type ExecutionContext,
  type MiddlewareConsumer,
} from '@nestjs/common';
import { CacheData, CacheModule, createCache, getExchangeToken, InjectExchange, type Exchange } from '@millpond/nest';
import { describe, expect, test } from 'vitest';
import { callContract } from '../contract/exchange/contract.js';
import { nestExchange } from '../contract/exchange/nest-host.js';
import { failureOf } from '../core/support/gate.js';
import { heardLogger, platforms, serve, start } from './support/app.js';

platforms.forEach((platform) => callContract(nestExchange(platform)));

/** What an authentication's guard does. */
@Injectable()
class UserGuard {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<{ headers: Record<string, string>; user?: object }>();
    const id = request.headers['x-user'];
    if (id !== undefined) request.user = { id };
    return true;
  }
}

@Controller()
@UseGuards(UserGuard)
class Reports {
  runs = 0;

  constructor(@InjectExchange() readonly exchange: Exchange) {}

  @Get('reports/:id')
  @CacheData({ ttl: '5m' })
  async report(@Param('id') id: string): Promise<object> {
    this.exchange.responseHeader('x-report', `${id}, run ${(this.runs += 1)}`);
    this.exchange.logLine('info', `report ${id}`, { id });
    return { id };
  }

  @Get('mine')
  @CacheData()
  async mine(): Promise<object> {
    return { user: this.exchange.requestUser() ?? 'nobody', run: (this.runs += 1) };
  }

  @Get('accepted')
  @HttpCode(201)
  @CacheData()
  async accepted(): Promise<object> {
    this.exchange.responseStatus(202);
    return {};
  }
}

describe.each(platforms)('the injected exchange on %s', (platform) => {
  const imports = [CacheModule.forRoot({ scopes: true })];

  test('S106: a method of a controller that is answered from the cache sets its header, each time', async () => {
    const { app, get } = await serve(platform, { imports, controllers: [Reports] });
    for (let asked = 0; asked < 3; asked += 1) {
      const { headers } = await get('/reports/7');
      expect(headers.get('x-report')).toBe('7, run 1');
    }
    expect(app.get(Reports).runs).toBe(1);
  });

  test('has the user that a guard has found: each has their own answer', async () => {
    const { get } = await serve(platform, { imports, controllers: [Reports] });
    const ask = async (user?: string): Promise<unknown> =>
      (await get('/mine', user === undefined ? {} : { 'x-user': user })).json();
    for (let round = 0; round < 2; round += 1) {
      expect(await ask('ada')).toEqual({ user: { id: 'ada' }, run: 1 });
      expect(await ask('bob')).toEqual({ user: { id: 'bob' }, run: 2 });
      expect(await ask()).toEqual({ user: 'nobody', run: 3 });
    }
  });

  test('sets a status in the place of that of the method', async () => {
    const { get } = await serve(platform, { imports, controllers: [Reports] });
    expect([(await get('/accepted')).status, (await get('/accepted')).status]).toEqual([202, 202]);
  });

  test('writes lines to the log of Nest, unless the option names another', async () => {
    const { app, get } = await serve(platform, { imports, controllers: [Reports] });
    const lines: unknown[] = [];
    app.useLogger({ ...heardLogger(), log: (...line: unknown[]) => void lines.push(line) });
    await get('/reports/7');
    await get('/reports/7');
    expect(lines).toEqual([
      ['report 7', { id: '7' }, 'Request'],
      ['report 7', { id: '7' }, 'Request'],
    ]);
  });
});

test.each(platforms)('middleware may set headers and cookies by it on %s', async (platform) => {
  @Controller()
  class Pages {
    @Get()
    show(): string {
      return 'shown';
    }
  }
  @Module({ imports: [CacheModule.forRoot({ scopes: true })], controllers: [Pages] })
  class AppModule {
    constructor(@InjectExchange() readonly exchange: Exchange) {}
    configure(consumer: MiddlewareConsumer): void {
      const greet = (_request: unknown, _response: unknown, next: () => void): void => {
        this.exchange.responseHeader('x-language', this.exchange.requestHeader('accept-language') ?? 'en');
        this.exchange.responseCookie('seen', '1');
        this.exchange.responseCookie('shown', '1');
        next();
      };
      consumer.apply(greet).forRoutes(Pages);
    }
  }
  const { get } = await serve(platform, { imports: [AppModule] });
  const { headers } = await get('/', { 'accept-language': 'fr' });
  expect(headers.get('x-language')).toBe('fr');
  expect(headers.getSetCookie()).toEqual([
    'seen=1; Path=/; HttpOnly; SameSite=Lax',
    'shown=1; Path=/; HttpOnly; SameSite=Lax',
  ]);
});

test('what it is injected into stays a singleton; outside a request it says so', async () => {
  @Injectable()
  class Languages {
    constructor(@InjectExchange() readonly exchange: Exchange) {}
    @CacheData()
    async language(): Promise<string> {
      return this.exchange.requestHeader('accept-language') ?? 'en';
    }
  }
  await using cache = createCache();
  const app = await start({ imports: [CacheModule.forRoot({ cache, scopes: true })], providers: [Languages] });
  expect(app.get(Languages).exchange).toBe(app.get(getExchangeToken()));
  expect(app.get(Languages).exchange).toBe(cache.exchange);
  expect(await failureOf(app.get(Languages).language())).toMatchObject({ code: 'ERR_MILLPOND_NO_SCOPE' });
});

test('a request-scoped provider may read and set by it', async () => {
  @Injectable({ scope: Scope.REQUEST })
  class Visit {
    constructor(@InjectExchange() readonly exchange: Exchange) {
      exchange.responseHeader('x-visit', exchange.requestHeader('x-user') ?? 'nobody');
    }
  }
  @Controller()
  class Visits {
    constructor(@Inject(Visit) readonly visit: Visit) {}
    @Get()
    show(): string {
      return 'shown';
    }
  }
  const { get } = await serve('Express', {
    imports: [CacheModule.forRoot({ scopes: true })],
    controllers: [Visits],
    providers: [Visit],
  });
  expect((await get('/', { 'x-user': 'ann' })).headers.get('x-visit')).toBe('ann');
});
