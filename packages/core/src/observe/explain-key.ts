import type { CacheHost } from '../host.js';
import { showKey, type Identity, type Keyer } from '../key/index.js';
import type { KeyExplanation } from './explanation.js';

/** What the key of a call is made of; `key` is its canonical text. */
export function explainKey(
  { host, identity, keyer }: { readonly host: CacheHost; readonly identity: () => Identity; readonly keyer: Keyer },
  key: string,
  call: { readonly self: unknown; readonly args: readonly unknown[] },
): KeyExplanation {
  const { name, version } = host.settings;
  return {
    text: showKey(key),
    parts: keyer.partsOf(call.self, call.args),
    ...identity(),
    cache: { name, version },
    inputs: [],
    variants: 0,
  };
}
