import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KeyvPostgres } from '@keyv/postgres';
import { Keyv as Keyv5 } from 'keyv5';
import { Keyv as Keyv6 } from 'keyv6';
import { expect, test } from 'vitest';
import { createCache } from '@millpond/core';
import type { StoreInput } from '../../../packages/core/src/store/index.js';
import { describeWithPostgres } from '../../support/postgres.js';
import { SqliteAdapter } from '../../support/sqlite-adapter.js';
import { storeContract } from './contract.js';

describeWithPostgres('PostgreSQL', (server) => {
  /** All of them share one pool of connections: the adapter has one for a URI, which any of them ends. */
  function contract(name: string, table: string, connect: (adapter: KeyvPostgres) => StoreInput): void {
    storeContract(name, async () => {
      const uri = `postgresql://postgres@127.0.0.1:${server().port}/postgres`;
      const first = new KeyvPostgres({ uri, table });
      // Each adapter makes the table if there is none; two at the same moment get in each other's way.
      await first.has('made');
      return { connect: () => connect(new KeyvPostgres({ uri, table })), end: () => first.disconnect() };
    });
  }

  test('characters that SQL cannot keep in a text come back, from arguments, values and tags', async () => {
    const store = new KeyvPostgres({
      uri: `postgresql://postgres@127.0.0.1:${server().port}/postgres`,
      table: 'characters',
    });
    let runs = 0;
    const load = async (id: string): Promise<string> => `${id} ${(runs += 1)}`;
    const options = { name: 'load', tags: ['a\0tag'] };
    const hard = '\0 \ud800 \uffff';
    const one = createCache({ name: 'shop', store, readDeadline: '5s' });
    await one.cacheData(load, options)(hard);
    await one.close();
    const two = createCache({ name: 'shop', store, readDeadline: '5s' });
    expect(await two.cacheData(load, options)(hard)).toBe(`${hard} 1`);
    await two.close();
    await store.disconnect();
  });

  contract('@keyv/postgres', 'plain', (adapter) => adapter);
  contract('Keyv 5 with @keyv/postgres', 'five', (adapter) => new Keyv5({ store: adapter, namespace: 'five' }));
  contract('Keyv 6 with @keyv/postgres', 'six', (adapter) => new Keyv6({ store: adapter, namespace: 'six' }));
});

storeContract('SQLite, by an adapter of these tests over libsql', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'millpond-sqlite-'));
  const adapters: SqliteAdapter[] = [];
  return {
    connect() {
      const adapter = new SqliteAdapter(join(folder, 'cache.db'));
      adapters.push(adapter);
      return adapter;
    },
    async end() {
      for (const adapter of adapters) adapter.disconnect();
      await rm(folder, { recursive: true, force: true });
    },
  };
});
