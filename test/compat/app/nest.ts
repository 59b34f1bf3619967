import 'reflect-metadata';
import assert from 'node:assert/strict';
import {
  CacheData,
  CacheModule,
  CacheResource,
  getCachedData,
  InjectCache,
  InjectExchange,
  provideResource,
  type Cache,
  type Exchange,
} from '@millpond/nest';
import {
  Body,
  Controller,
  Get,
  HttpCode,
  Inject,
  Injectable,
  Module,
  Param,
  Post,
  Scope,
  UseGuards,
  type CanActivate,
  type INestApplication,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { answersTwice, passed } from './check.js';

let runs = 0;
let released = 0;
let visits = 0;
let greetings = 0;

@Injectable()
class Users {
  constructor(@InjectCache() readonly cache: Cache) {}

  @CacheData({ ttl: '5m', tags: (user: { id: string }) => [`user:${user.id}`] })
  async find(id: string): Promise<{ id: string; name: string }> {
    runs += 1;
    return { id, name: 'Ada' };
  }

  @CacheData({ scope: 'request' })
  async visit(): Promise<{ number: number }> {
    return { number: (visits += 1) };
  }

  @CacheResource({ onRelease: () => (released += 1) })
  async pool(): Promise<{ living: boolean }> {
    return { living: true };
  }
}

@Controller('users')
class UsersController {
  // By class, without @Inject(): injection by the metadata that the app's compiler emits.
  constructor(readonly users: Users) {}

  @Get(':id')
  async find(@Param('id') id: string): Promise<{ id: string; name: string }> {
    return this.users.find(id);
  }
}

@Injectable()
class VisitGuard implements CanActivate {
  constructor(readonly users: Users) {}

  async canActivate(): Promise<boolean> {
    return (await this.users.visit()).number > 0;
  }
}

@Controller('visits')
@UseGuards(VisitGuard)
class VisitsController {
  constructor(
    readonly users: Users,
    @InjectExchange() readonly exchange: Exchange,
  ) {}

  @Get()
  @CacheData()
  async greet(): Promise<string> {
    greetings += 1;
    this.exchange.responseHeader('x-greeting', String(greetings));
    return `hello, ${this.exchange.requestHeader('x-user') ?? 'nobody'}`;
  }

  @Post()
  @HttpCode(200)
  async count(@Body() body: { name: string }): Promise<{ name: string; number: number }> {
    return { ...body, ...(await this.users.visit()) };
  }
}

const told: string[] = [];

@Controller('orders')
class OrdersController {
  constructor(@Inject('TRANSACTION') readonly transaction: { user: string }) {}

  @Get(':user')
  list(): string {
    return `orders of ${this.transaction.user}`;
  }
}

@Module({
  imports: [CacheModule.forRoot({ scopes: true })],
  controllers: [UsersController, OrdersController, VisitsController],
  providers: [
    Users,
    provideResource('POOL', async () => ({ user: 'ann' }), { onRelease: () => told.push('pool') }),
    provideResource('TRANSACTION', async (pool: { user: string }) => ({ user: pool.user }), {
      inject: ['POOL'],
      scope: Scope.REQUEST,
      onRelease: () => told.push('transaction'),
    }),
  ],
})
class AppModule {}

async function platform(name: string, app: INestApplication): Promise<void> {
  await app.listen(0, '127.0.0.1');
  const url = await app.getUrl();
  const ask = async (): Promise<unknown> => (await fetch(`${url}/users/42`)).json();
  await answersTwice(`@millpond/nest: a route answers from the cache on ${name}`, () => runs, ask);

  const users = app.get(Users);
  await getCachedData(users, 'find').delete('42');
  await answersTwice(`@millpond/nest: a deleted call runs again on ${name}`, () => runs, ask);

  assert.equal(await (await fetch(`${url}/orders/ann`)).text(), 'orders of ann');

  const headers = { 'content-type': 'application/json' };
  const visit = async (): Promise<unknown> =>
    (await fetch(`${url}/visits`, { method: 'POST', headers, body: '{"name":"ann"}' })).json();
  const begun = visits;
  assert.deepEqual(await visit(), { name: 'ann', number: begun + 1 });
  assert.deepEqual(await visit(), { name: 'ann', number: begun + 2 });
  passed(`@millpond/nest: a request has a scope, also behind its body, on ${name}`);

  const greet = async (user: string): Promise<unknown> => {
    const answer = await fetch(`${url}/visits`, { headers: { 'x-user': user } });
    return [await answer.text(), Number(answer.headers.get('x-greeting')) - greeted];
  };
  const greeted = greetings;
  for (let round = 0; round < 2; round += 1) {
    assert.deepEqual(await greet('ann'), ['hello, ann', 1]);
    assert.deepEqual(await greet('bob'), ['hello, bob', 2]);
  }
  passed(`@millpond/nest: a cached method reads and sets headers by the exchange, on ${name}`);

  const before = released;
  assert.equal(await users.pool(), await users.pool());
  await app.close();
  assert.equal(released - before, 1);
  passed(`@millpond/nest: app.close() releases the resources on ${name}`);
  assert.deepEqual(told.splice(0), ['transaction', 'pool']);
  passed(`@millpond/nest: injected resources are released with their request, and with the app, on ${name}`);
}

export async function nest(): Promise<void> {
  await platform('Express', await NestFactory.create(AppModule, new ExpressAdapter(), { logger: ['warn', 'error'] }));
  await platform('Fastify', await NestFactory.create(AppModule, new FastifyAdapter(), { logger: ['warn', 'error'] }));
}
