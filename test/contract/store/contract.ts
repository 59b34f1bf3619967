import { describe } from 'vitest';
import { setUpBench, type StoreUnderTest } from './bench.js';
import { entriesContract } from './entries.js';
import { faultsContract } from './faults.js';
import { invalidationsContract } from './invalidations.js';

/** What every store must do: two tiers over one store stand for two processes. */
export function storeContract(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(`store contract: ${name}`, () => {
    const bench = setUpBench(open);
    entriesContract(bench);
    invalidationsContract(bench);
    faultsContract(bench);
  });
}
