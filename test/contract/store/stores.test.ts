import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Keyv as Keyv5 } from 'keyv5';
import { Keyv as Keyv6, KeyvMemoryAdapter } from 'keyv6';
import { diskStore, lmdbStore } from '../../../packages/core/src/store/index.js';
import { disguise, reveal } from '../../support/stores.js';
import { storeContract } from './contract.js';

const nothing = async (): Promise<void> => undefined;

storeContract('a Map', async () => {
  const map = new Map<string, unknown>();
  return { connect: () => map, end: nothing };
});

storeContract('Keyv 5 in memory', async () => {
  const keyv = new Keyv5({ namespace: 'n' });
  return { connect: () => keyv, end: nothing };
});

storeContract('Keyv 6 in memory', async () => {
  const keyv = new Keyv6({ namespace: 'n' });
  return { connect: () => keyv, end: nothing };
});

/** An adapter of the simplest kind: three methods that answer at once, no `getMany`, no events, no ttl. */
class LeastAdapter {
  readonly #data = new Map<string, string>();

  get(key: string): string | undefined {
    return this.#data.get(key);
  }

  set(key: string, value: string): void {
    this.#data.set(key, value);
  }

  delete(key: string): boolean {
    return this.#data.delete(key);
  }

  clear(): void {
    throw new Error('Millpond clears no store');
  }
}

storeContract('an adapter of the least kind', async () => {
  const adapter = new LeastAdapter();
  return { connect: () => adapter, end: nothing };
});

storeContract('Keyv 5 over such an adapter', async () => {
  const keyv = new Keyv5({ store: new LeastAdapter(), namespace: 'n' });
  return { connect: () => keyv, end: nothing };
});

storeContract('Keyv 6 over such an adapter', async () => {
  const keyv = new Keyv6({ store: new LeastAdapter(), namespace: 'n' });
  return { connect: () => keyv, end: nothing };
});

storeContract('an adapter of Keyv 6', async () => {
  const adapter = new KeyvMemoryAdapter(new Map());
  return { connect: () => adapter, end: nothing };
});

storeContract('Keyv 5 with a serializer of its own', async () => {
  const keyv = new Keyv5({
    store: new LeastAdapter(),
    serialize: (data) => disguise(JSON.stringify(data)),
    deserialize: (text) => JSON.parse(reveal(text)),
  });
  return { connect: () => keyv, end: nothing };
});

storeContract('Keyv 6 that encrypts', async () => {
  const keyv = new Keyv6({ store: new LeastAdapter(), encryption: { encrypt: disguise, decrypt: reveal } });
  return { connect: () => keyv, end: nothing };
});

storeContract('disk', async () => {
  const path = await mkdtemp(join(tmpdir(), `millpond-disk-${randomUUID()}`));
  return { connect: () => diskStore({ path }), end: () => rm(path, { recursive: true, force: true }) };
});

storeContract('lmdb', async () => {
  const path = await mkdtemp(join(tmpdir(), `millpond-lmdb-${randomUUID()}`));
  return { connect: () => lmdbStore({ path }), end: () => rm(path, { recursive: true, force: true }) };
});
