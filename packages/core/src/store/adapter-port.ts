import { systemClock } from '../clock.js';
import { watchErrors, type ErrorWatch } from './error-watch.js';
import { property, type KeyvAdapterLike } from './input.js';
import { namespaced } from './namespace.js';
import type { StorePort } from './port.js';
import { bare, disconnect, rows } from './port-values.js';

/**
 * A Keyv storage adapter. Adapters of Keyv 5 take a ttl in relative milliseconds, those of Keyv 6 an absolute instant,
 * and say so in `capabilities.expires`. `owner` is the Keyv that it was taken from: its errors are listened to as well.
 */
export function adapterPort(adapter: KeyvAdapterLike, owner?: object): StorePort {
  const errors = watchErrors(adapter, owner);
  // Now: an adapter has another one as soon as a second Keyv is put around it.
  const placeOf = namespaced(owner ?? adapter);
  return {
    getMany: (keys) => readRows(adapter, errors, keys.map(placeOf)),
    async set(key, text, ttl) {
      // The instants of an adapter are those of the machine, whatever clock the cache was given.
      const life = takesInstants(adapter) ? systemClock.wallTime() + ttl : ttl;
      const stored = await errors.run<unknown>(
        () => adapter.set(placeOf(key), text, Math.ceil(life)),
        () => false,
      );
      if (stored === false) throw new Error('the adapter answered false');
    },
    async delete(key) {
      await errors.run<unknown>(
        () => adapter.delete(placeOf(key)),
        () => false,
      );
    },
    async close(how) {
      errors.stop();
      if (how.disconnect) await disconnect(owner ?? adapter, how.force);
    },
  };
}

/**
 * An error that was heard may be another operation's: a row that is there proves that its read was answered. Where each key
 * is a read of its own, it proves nothing of the others: a tombstone that could not be read is none that is not there.
 */
async function readRows(adapter: KeyvAdapterLike, errors: ErrorWatch, keys: string[]): Promise<readonly unknown[]> {
  if (typeof adapter.getMany !== 'function') {
    return Promise.all(keys.map((key) => errors.run(async () => bare(await adapter.get(key)), isThere)));
  }
  const found = async (): Promise<readonly unknown[]> => rows(await adapter.getMany?.(keys), keys.length);
  return errors.run(found, (values) => values.some(isThere));
}

function isThere(row: unknown): boolean {
  return row !== undefined;
}

function takesInstants(adapter: KeyvAdapterLike): boolean {
  const capabilities = property(adapter, 'capabilities');
  return typeof capabilities === 'object' && capabilities !== null && property(capabilities, 'expires') === true;
}
