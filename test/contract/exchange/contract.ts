import { describe } from 'vitest';
import type { ExchangeHosting } from './exchange-host.js';
import { leakContract } from './leak-contract.js';
import { reading } from './read-contract.js';
import { routes } from './route-contract.js';
import { writing } from './write-contract.js';

/** What the exchange does, whatever the framework. */
export function exchangeContract(host: ExchangeHosting): void {
  callContract(host);
  describe(`the exchange on ${host.name}, in cached routes`, () => routes(host));
}

/** The part of it that is about functions: Nest has no cached routes. */
export function callContract(host: ExchangeHosting): void {
  describe(`the exchange on ${host.name}`, () => {
    reading(host);
    writing(host);
    leakContract(host);
  });
}
