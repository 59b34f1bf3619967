import { CacheModule, type HttpRequest } from '@millpond/nest';
import type { Request } from 'express';
import type { FastifyRequest } from 'fastify';
import { expectTypeOf } from 'vitest';

// Without a word about the request it is what both platforms have.
CacheModule.forRoot({ scopes: { session: (request) => request.headers['x-user']?.toString() } });
CacheModule.forRoot({
  name: 'shop',
  scopes: { user: (request) => expectTypeOf(request).toEqualTypeOf<HttpRequest>() },
});

// Or that of the platform that the app is on.
CacheModule.forRoot({ scopes: { session: (request: Request) => request.get('x-user') } });
CacheModule.forRoot({ scopes: { session: ({ ip }: FastifyRequest) => ({ id: ip, principal: undefined }) } });
CacheModule.forRootAsync({ useFactory: async () => ({ scopes: true }) });
CacheModule.forRoot({ scopes: { logger: ({ log }: FastifyRequest) => log } });

// @ts-expect-error A session is an id, { id, principal }, { anonymous: true } or undefined.
CacheModule.forRoot({ scopes: { session: () => 1 } });
// @ts-expect-error It is known at once.
CacheModule.forRoot({ scopes: { session: async () => 'id' } });
// @ts-expect-error There is no such option.
CacheModule.forRoot({ scopes: { sesion: () => 'id' } });
