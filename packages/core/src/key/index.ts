export { digest, showKey } from './digest.js';
export { defineHasher, type Hasher } from './hasher.js';
export { fingerprint, identify, type Identity, type IdentityOptions } from './identity.js';
export { createKeyer, type Keyer, type KeyerOptions, type KeyPart } from './keyer.js';
