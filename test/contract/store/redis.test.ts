import { KeyvBrotli } from '@keyv/compress-brotli';
import { KeyvGzip } from '@keyv/compress-gzip';
import KeyvRedis, { createCluster } from '@keyv/redis';
import { Keyv as Keyv5 } from 'keyv5';
import { Keyv as Keyv6 } from 'keyv6';
import type { StoreInput } from '../../../packages/core/src/store/index.js';
import { describeWithRedisCluster } from '../../support/redis-cluster.js';
import { describeWithRedis } from '../../support/redis.js';
import { disguise, reveal, squeeze, stretch } from '../../support/stores.js';
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
  contract('Keyv 5 with @keyv/redis, compressing with gzip', (adapter) => {
    return new Keyv5({ store: adapter, namespace: 'gzip', compression: new KeyvGzip() });
  });
  contract('Keyv 5 with @keyv/redis, compressing with brotli', (adapter) => {
    return new Keyv5({ store: adapter, namespace: 'brotli', compression: new KeyvBrotli() });
  });
  contract('Keyv 6 with @keyv/redis, compressing', (adapter) => {
    return new Keyv6({ store: adapter, namespace: 'small', compression: { compress: squeeze, decompress: stretch } });
  });
  contract('Keyv 6 with @keyv/redis, encrypting', (adapter) => {
    return new Keyv6({ store: adapter, namespace: 'turned', encryption: { encrypt: disguise, decrypt: reveal } });
  });
});

describeWithRedisCluster('Redis Cluster', (cluster) => {
  storeContract('three nodes', async () => {
    // Until it is connected the adapter fails to read: it asks which node has a key before the client knows.
    const client = createCluster({ rootNodes: cluster().urls.map((url) => ({ url })) });
    await client.connect();
    const adapter = new KeyvRedis<string>(client);
    return { connect: () => adapter, end: () => adapter.disconnect(true) };
  });
});
