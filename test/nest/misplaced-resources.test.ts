import { Controller, Get, Inject, Injectable, Module, Scope, type Provider } from '@nestjs/common';
import { LazyModuleLoader, REQUEST } from '@nestjs/core';
import { CacheModule, provideResource } from '@millpond/nest';
import { describe, expect, test } from 'vitest';
import { build, start } from './support/app.js';

const ofRequest = provideResource('TRANSACTION', () => ({}), { scope: Scope.REQUEST });
const ofHolder = provideResource('CLIENT', () => ({}), { scope: Scope.TRANSIENT });
const ofTenant = provideResource('POOL', () => ({}), { scope: Scope.REQUEST, durable: true });

/** How an app of these providers refuses to start. */
async function refusal(...providers: readonly Provider[]): Promise<unknown> {
  const app = await build({ imports: [CacheModule.forRoot()], providers: [...providers] }).compile();
  const error: unknown = await app.init().catch((error: unknown) => error);
  await app.close();
  return error;
}

/** A durable provider that a factory makes of one thing. */
function durableOf(token: string): Provider {
  return {
    provide: 'TENANT',
    useFactory: (thing: object) => ({ thing }),
    inject: [token],
    scope: Scope.REQUEST,
    durable: true,
  };
}

test('a resource of the app whose factory takes something of a request is refused at bootstrap', async () => {
  const pool = provideResource('POOL', (_request: object) => ({}), { inject: [REQUEST] });
  expect(await refusal(pool)).toMatchObject({
    code: 'ERR_MILLPOND_INVALID_OPTION',
    message: expect.stringContaining('POOL: it is to be one for the app, but what is injected into its factory'),
  });
});

describe('a resource that goes with a request is refused at bootstrap in what a tenant has', () => {
  test.each([
    ['TRANSACTION', 'REQUEST', ofRequest],
    ['CLIENT', 'TRANSIENT', ofHolder],
  ])('that a factory makes: %s, of scope %s', async (token, scope, resource) => {
    expect(await refusal(resource, durableOf(token))).toMatchObject({
      code: 'ERR_MILLPOND_INVALID_OPTION',
      message: expect.stringContaining(`${token}: scope: Scope.${scope}, injected into TENANT`),
    });
  });

  test('that is a class, which has it as a property', async () => {
    @Injectable({ scope: Scope.REQUEST, durable: true })
    class Repository {
      @Inject('TRANSACTION') readonly transaction!: object;
    }
    expect(String(await refusal(ofRequest, Repository))).toContain('injected into Repository, or into what that holds');
  });

  test('that has it by way of others, which are transient or of the request', async () => {
    @Injectable({ scope: Scope.TRANSIENT })
    class Loader {
      constructor(@Inject('CLIENT') readonly client: object) {}
    }
    @Injectable({ scope: Scope.REQUEST })
    class Session {
      constructor(@Inject(Loader) readonly loader: Loader) {}
    }
    @Injectable({ scope: Scope.REQUEST, durable: true })
    class Repository {
      constructor(@Inject(Session) readonly session: Session) {}
    }
    expect(String(await refusal(ofHolder, Loader, Session, Repository))).toContain(
      'CLIENT: scope: Scope.TRANSIENT, injected into Repository, or into what that holds',
    );
  });

  test('that is a resource of the tenant itself; all that are wrong are told together', async () => {
    const pool = provideResource('POOL', (transaction: object) => ({ transaction }), {
      inject: ['TRANSACTION'],
      scope: Scope.REQUEST,
      durable: true,
    });
    const message = String(await refusal(ofRequest, ofHolder, pool, durableOf('CLIENT')));
    expect(message).toContain('2 resources cannot be provided:\n- ');
    expect(message).toContain('TRANSACTION: scope: Scope.REQUEST, injected into POOL');
    expect(message).toContain('CLIENT: scope: Scope.TRANSIENT, injected into TENANT');
  });
});

describe('in a module that is loaded late it is refused when it is asked for', () => {
  @Injectable({ scope: Scope.REQUEST, durable: true })
  class Repository {
    constructor(@Inject('CLIENT') readonly client: object) {}
  }

  test.each([
    ['a class', Repository, Repository],
    ['what a factory makes', 'TENANT', durableOf('CLIENT')],
    ['what a factory makes of one of a request', 'TENANT', durableOf('TRANSACTION')],
  ] as const)('by %s', async (_what, token, provider) => {
    const app = await start({ imports: [CacheModule.forRoot()] });
    class LateModule {}
    Module({ providers: [ofRequest, ofHolder, provider] })(LateModule);
    const late = await app.get(LazyModuleLoader).load(() => LateModule);
    await expect(late.resolve(token)).rejects.toThrow(/injected into (Repository|TENANT), or into what that holds/);
  });
});

test('what lives as long as its holder is not refused', async () => {
  @Injectable({ scope: Scope.REQUEST, durable: true })
  class Repository {
    constructor(@Inject('POOL') readonly pool: object) {}
  }
  @Controller()
  class Orders {
    constructor(
      @Inject(Repository) readonly repository: Repository,
      @Inject('TRANSACTION') readonly transaction: object,
      @Inject('CLIENT') readonly client: object,
    ) {}
    @Get()
    list(): string {
      return 'all orders';
    }
  }
  const app = await start({
    imports: [CacheModule.forRoot()],
    controllers: [Orders],
    providers: [ofRequest, ofHolder, ofTenant, Repository],
  });
  expect(app).toBeDefined();
});
