import type { FactoryProvider } from '@nestjs/common';
import { Scope } from '@nestjs/common';
import { provideResource, tenantContexts, type ReleaseReason } from '@millpond/nest';
import { expectTypeOf } from 'vitest';

interface Pool {
  readonly host: string;
  end(): Promise<void>;
}

declare function open(host: string): Promise<Pool>;

// What the factory builds is what is released, and what the provider is of.
expectTypeOf(
  provideResource('POOL', () => open('db1'), {
    onRelease(pool, reason) {
      expectTypeOf(pool).toEqualTypeOf<Pool>();
      expectTypeOf(reason).toEqualTypeOf<ReleaseReason>();
      return pool.end();
    },
    identity: (pool) => pool.host,
  }),
).toEqualTypeOf<FactoryProvider<Pool>>();

provideResource('POOL', () => open('db1'));
provideResource('POOL', async (host: string) => open(host), { inject: ['HOST'], scope: Scope.REQUEST, durable: true });
provideResource('POOL', (host: string, _port: number) => open(host), {
  inject: ['HOST', { token: 'PORT', optional: true }],
});

// @ts-expect-error -- a factory that takes something says what is injected into it
provideResource('POOL', (host: string) => open(host));

// @ts-expect-error -- a token for each parameter
provideResource('POOL', (host: string, _port: number) => open(host), { inject: ['HOST'] });

// @ts-expect-error -- no other takes the place of an injected one
provideResource('POOL', () => open('db1'), { validate: () => true });

tenantContexts({ tenantOf: (request: { readonly hostname: string }) => request.hostname });

// @ts-expect-error -- a tenant is told by a text
tenantContexts({ tenantOf: (request: { readonly port: number }) => request.port });
