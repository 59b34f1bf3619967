import { describe } from 'vitest';
import { leakContract } from './leak-contract.js';
import { requestContract } from './request-contract.js';
import type { ScopeHost } from './scope-host.js';
import { sessionContract } from './session-contract.js';

/** What scopes do, whatever the framework. */
export function scopeContract(host: ScopeHost): void {
  describe(`scopes on ${host.name}`, () => {
    sessionContract(host);
    requestContract(host);
    leakContract(host);
  });
}
