import type { Clock } from '../clock.js';
import { adapterPort } from './adapter-port.js';
import { hasMethod, property, type KeyvAdapterLike, type KeyvLike, type StoreInput } from './input.js';
import { keyvPort } from './keyv-port.js';
import { DEAF, isLocalStore, type LocalListener, type LocalStore } from './local/index.js';
import { mapPort } from './map-port.js';
import type { StorePort } from './port.js';

/** Turns what the option `store` or `persist` was given into a port; `hear` is told what a local store does by itself. */
export function openPort(input: StoreInput | LocalStore, clock: Clock, hear: LocalListener = DEAF): StorePort {
  if (isLocalStore(input)) return input.open(clock, hear);
  if (input instanceof Map) return mapPort(input, clock);
  if (isKeyv(input)) {
    const adapter = plainAdapter(input);
    return adapter === undefined ? keyvPort(input) : adapterPort(adapter, input);
  }
  return adapterPort(adapterOf(input));
}

/** The option was checked when the cache was made (`checkStoreInput`): what is no Keyv has the methods of an adapter. */
function adapterOf(input: object): KeyvAdapterLike {
  return input as KeyvAdapterLike;
}

function isKeyv(input: object): input is KeyvLike {
  // An adapter may have a `store` too; only a Keyv serializes.
  return ('serialize' in input || 'serialization' in input) && 'store' in input && hasMethod(input, 'getMany');
}

/**
 * The adapter inside a Keyv, when nothing is lost by going around the Keyv: it neither compresses nor encrypts nor
 * serializes in a way of its own. Keyv 5 and 6 write different keys and wrappings through the same adapter; ours are
 * then the same under both, so that an upgrade splits neither entries nor invalidations.
 */
function plainAdapter(keyv: KeyvLike): KeyvAdapterLike | undefined {
  const { store } = keyv;
  if (typeof store !== 'object' || store === null || store instanceof Map) return undefined;
  if (!['get', 'set', 'delete'].every((name) => hasMethod(store, name))) return undefined;
  const changesText = ['compression', 'encryption'].some((name) => property(keyv, name) !== undefined);
  return changesText || !serializesPlainly(keyv) ? undefined : adapterOf(store);
}

const PROBE = { value: 'millpond' };

function serializesPlainly(keyv: KeyvLike): boolean {
  const serialize = serializer(keyv);
  if (serialize === undefined) return true;
  try {
    return serialize(PROBE) === JSON.stringify(PROBE);
  } catch {
    // A serializer that refuses the probe is one of the user's own: Keyv is asked to use it.
    return false;
  }
}

/** `serialize` of Keyv 5, `serialization.stringify` of Keyv 6; undefined when the Keyv was told not to serialize. */
function serializer(keyv: KeyvLike): ((value: object) => unknown) | undefined {
  const owner = property(keyv, 'serialization');
  const method =
    typeof owner === 'object' && owner !== null ? property(owner, 'stringify') : property(keyv, 'serialize');
  if (typeof method !== 'function') return undefined;
  const self: unknown = typeof owner === 'object' && owner !== null ? owner : keyv;
  return (value) => Reflect.apply(method, self, [value]);
}
