import { expect, test } from 'vitest';
import { noted } from '../../packages/nest/src/requests/http-requests.js';
import { afterLeaving } from '../support/left-http2.js';

test('over HTTP/2 a request that is noted when its client has already left is over at once', async () => {
  const reasons: string[] = [];
  await afterLeaving((request, response) => {
    noted(request, response).onEnd(async (reason) => void reasons.push(reason));
    reasons.push('noted');
  });
  expect(reasons).toEqual(['close', 'noted']);
});
