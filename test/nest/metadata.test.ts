import 'reflect-metadata';
import {
  Controller,
  Get,
  Header,
  HttpCode,
  Injectable,
  Param,
  ParseIntPipe,
  SetMetadata,
  UseGuards,
  UseInterceptors,
  type CallHandler,
  type CanActivate,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import { CacheData, CacheModule } from '@millpond/nest';
import { map, type Observable } from 'rxjs';
import { describe, expect, test } from 'vitest';
import { platforms, serve } from './support/app.js';

const runs: unknown[] = [];
const guarded: string[] = [];

@Injectable()
class TokenGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<{ headers: { token?: string } }>();
    guarded.push(request.headers.token ?? 'none');
    return request.headers.token === 'good';
  }
}

@Injectable()
class Envelope implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler<unknown>): Observable<object> {
    return next.handle().pipe(map((data) => ({ data })));
  }
}

@Controller('above')
class DecoratedAbove {
  @CacheData({ ttl: '5m' })
  @Get(':id')
  @HttpCode(202)
  @Header('x-kind', 'item')
  @UseGuards(TokenGuard)
  @UseInterceptors(Envelope)
  @SetMetadata('roles', ['admin'])
  async find(@Param('id', ParseIntPipe) id: number): Promise<{ id: number }> {
    runs.push(id);
    return { id };
  }
}

@Controller('below')
class DecoratedBelow {
  @Get(':id')
  @HttpCode(202)
  @Header('x-kind', 'item')
  @UseGuards(TokenGuard)
  @UseInterceptors(Envelope)
  @SetMetadata('roles', ['admin'])
  @CacheData({ ttl: '5m' })
  async find(@Param('id', ParseIntPipe) id: number): Promise<{ id: number }> {
    runs.push(id);
    return { id };
  }
}

describe.each(platforms)('on %s', (platform) => {
  test.each([
    ['above', DecoratedAbove],
    ['below', DecoratedBelow],
  ])('S101: @CacheData() %s the route decorators leaves the route as it is', async (path, controller) => {
    runs.length = 0;
    guarded.length = 0;
    const { get } = await serve(platform, { imports: [CacheModule.forRoot()], controllers: [controller] });

    for (let request = 0; request < 2; request += 1) {
      const response = await get(`/${path}/7`, { token: 'good' });
      expect(response.status).toBe(202);
      expect(response.headers.get('x-kind')).toBe('item');
      expect(await response.json()).toEqual({ data: { id: 7 } });
    }
    // Pipes run before: the key is the number, so another spelling of it is the same call.
    await get(`/${path}/07`, { token: 'good' });
    expect(runs).toEqual([7]);

    expect((await get(`/${path}/7`, { token: 'bad' })).status).toBe(403);
    expect((await get(`/${path}/seven`, { token: 'good' })).status).toBe(400);
    expect(guarded).toEqual(['good', 'good', 'good', 'bad', 'good']);
    expect(runs).toEqual([7]);
  });
});

function methodOf(prototype: object): (...args: unknown[]) => unknown {
  const find: unknown = Reflect.get(prototype, 'find');
  if (typeof find !== 'function') throw new TypeError('no method');
  return find as () => unknown;
}

test.each([DecoratedAbove, DecoratedBelow])('S101: %o keeps what other decorators have said', (controller) => {
  const find = methodOf(controller.prototype);

  expect(find.name).toBe('find');
  expect(find.length).toBe(1);
  expect(Reflect.getMetadata('roles', find)).toEqual(['admin']);
  expect(Reflect.getMetadata('design:paramtypes', controller.prototype, 'find')).toEqual([Number]);
  expect(Reflect.getMetadata('design:returntype', controller.prototype, 'find')).toBe(Promise);
});

test('a decorator above that puts its own function in the place of the cached one still reaches it', async () => {
  const calls: string[] = [];
  const Logged = (): MethodDecorator => (_target, key, descriptor: PropertyDescriptor) => {
    const inner: unknown = descriptor.value;
    descriptor.value = function logged(this: unknown, ...args: unknown[]): unknown {
      calls.push(String(key));
      return typeof inner === 'function' ? Reflect.apply(inner, this, args) : undefined;
    };
  };
  let ran = 0;
  @Controller('logged')
  class LoggedController {
    @Get()
    @Logged()
    @CacheData()
    async find(): Promise<number> {
      return (ran += 1);
    }
  }
  const { get } = await serve('Express', { imports: [CacheModule.forRoot()], controllers: [LoggedController] });

  await get('/logged');
  expect(await (await get('/logged')).json()).toBe(1);
  expect(calls).toHaveLength(2);
});
