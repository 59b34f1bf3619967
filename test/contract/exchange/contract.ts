import { describe } from 'vitest';
import type { ExchangeHosting } from './exchange-host.js';
import { leakContract } from './leak-contract.js';
import { reading } from './read-contract.js';
import { routes } from './route-contract.js';
import { writing } from './write-contract.js';

/** What the exchange does, whatever the framework. */
export function exchangeContract(host: ExchangeHosting): void {
  describe(`the exchange on ${host.name}`, () => {
    reading(host);
    writing(host);
    routes(host);
    leakContract(host);
  });
}
