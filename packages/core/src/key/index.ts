export { AliasTable, type Alias } from './alias-table.js';
export { detached, keyOfOnly, onlyOfKey } from './only.js';
export { digest, showKey } from './digest.js';
export { defineHasher, type Hasher } from './hasher.js';
export { fingerprint, identify, type Identity, type IdentityOptions } from './identity.js';
export { ignoredArgs } from './ignored.js';
export { createKeyer, type Keyer, type KeyerOptions, type KeyPart } from './keyer.js';
export {
  knownResource,
  nextResourceFunction,
  rememberResource,
  textEverywhere,
  textInProcess,
  type Told,
} from './known-resource.js';
export { standsFor } from './parameters.js';
export { hasCodeOf } from './source.js';
export { valueText } from './value-text.js';
export { isOfThisProcess, isScopedBy, scopeOf, scopeText, withoutScope, type ScopeTag } from './scope-text.js';
