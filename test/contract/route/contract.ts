import { describe } from 'vitest';
import { keyContract } from './key-contract.js';
import { lifeContract } from './life-contract.js';
import { privacyContract } from './privacy-contract.js';
import { responseContract } from './response-contract.js';
import type { RouteHost } from './route-host.js';

/** What a cached route does, whatever the framework. */
export function routeContract(host: RouteHost): void {
  describe(`a cached route on ${host.name}`, () => {
    keyContract(host);
    privacyContract(host);
    responseContract(host);
    lifeContract(host);
  });
}
