import { watchErrors } from './error-watch.js';
import type { KeyvLike } from './input.js';
import type { StorePort } from './port.js';
import { disconnect, rows } from './port-values.js';

/**
 * A Keyv through its own methods. Taken where its adapter cannot be used directly: a plain Map inside, or a Keyv that
 * compresses, encrypts or serializes in a way of its own. `set` takes a ttl in relative milliseconds in 5 and in 6.
 */
export function keyvPort(keyv: KeyvLike): StorePort {
  // Version 5 throws, or answers undefined; version 6 swallows when somebody listens: so both ways are watched.
  const errors = watchErrors(keyv, keyv.store);
  return {
    getMany: (keys) =>
      errors.run(
        async () => rows(await keyv.getMany([...keys]), keys.length),
        (values) => values.some((row) => row !== undefined),
      ),
    async set(key, text, ttl) {
      const stored = await errors.run(
        () => keyv.set(key, text, ttl),
        () => false,
      );
      if (stored === false) throw new Error('Keyv answered false');
    },
    async delete(key) {
      await errors.run(
        () => keyv.delete(key),
        () => false,
      );
    },
    async close(how) {
      errors.stop();
      if (how.disconnect) await disconnect(keyv, how.force);
    },
  };
}
