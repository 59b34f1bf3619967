import KeyvRedis from '@keyv/redis';
import { Keyv as Keyv5 } from 'keyv5';
import { Keyv as Keyv6 } from 'keyv6';
import type { StoreInput } from '../../../packages/core/src/store/index.js';
import { describeWithRedis } from '../../support/redis.js';
import { disguise, reveal } from '../../support/stores.js';
import { storeContract } from './contract.js';

describeWithRedis('Redis', (redis) => {
  /** Every process has a connection of its own. */
  function contract(name: string, connect: (adapter: KeyvRedis<string>) => StoreInput): void {
    storeContract(name, async () => {
      const adapters: KeyvRedis<string>[] = [];
      return {
        connect() {
          const adapter = new KeyvRedis<string>(redis().url);
          adapters.push(adapter);
          return connect(adapter);
        },
        async end() {
          await Promise.all(adapters.map((adapter) => adapter.disconnect(true)));
        },
      };
    });
  }

  contract('@keyv/redis', (adapter) => adapter);
  contract('Keyv 5 with @keyv/redis', (adapter) => new Keyv5({ store: adapter, namespace: 'five' }));
  contract('Keyv 6 with @keyv/redis', (adapter) => new Keyv6({ store: adapter, namespace: 'six' }));
  contract('Keyv 6 with @keyv/redis, encrypting', (adapter) => {
    return new Keyv6({ store: adapter, namespace: 'turned', encryption: { encrypt: disguise, decrypt: reveal } });
  });
});
