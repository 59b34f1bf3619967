import type { Http2ServerRequest } from 'node:http2';
import { expect, test } from 'vitest';
import { requestScopes } from '@millpond/core';
import { afterLeaving } from '../../support/left-http2.js';
import { pond } from '../support/cache.js';
import { failureOf } from '../support/gate.js';

test('over HTTP/2 the scope of a request whose client has already left is over, too', async () => {
  const { cache } = pond();
  const transaction = cache.cacheResource(async () => ({}), { scope: 'request', name: 'transaction' });
  const scopes = requestScopes<Http2ServerRequest>(cache, undefined, 'test');
  const failure = await afterLeaving((request, response) =>
    scopes.open(request, response).run(() => failureOf(transaction())),
  );
  expect(failure).toMatchObject({ code: 'ERR_MILLPOND_NO_SCOPE' });
});
