import { createHash, hash } from 'node:crypto';
import { withoutScope } from './scope-text.js';

/** Longer canonical texts are shown as a digest. */
const SHOWN = 120;

/** 192 of the 256 bits, as base64url: nobody can make two texts of one digest, and a stored key stays short. */
const CHARACTERS = 32;

/** A byte that UTF-8 never contains, so that the two encodings of `digest` cannot meet. */
const NOT_UTF8 = Uint8Array.of(0xff);

const native = Reflect.get(String.prototype, 'isWellFormed') as (this: string) => boolean;

/** Whether a text has no lone surrogate, that is, whether UTF-8 keeps it whole. */
export function isWellFormed(text: string): boolean {
  return native.call(text);
}

/**
 * A digest of a text: 192 bits of SHA-256, as 32 characters of base64url. Texts that differ in a lone surrogate only
 * have different digests too.
 */
export function digest(text: string): string {
  if (isWellFormed(text)) return hash('sha256', text, 'base64url').slice(0, CHARACTERS);
  const hashing = createHash('sha256').update(NOT_UTF8).update(Buffer.from(text, 'utf16le'));
  return hashing.digest('base64url').slice(0, CHARACTERS);
}

/** A digest of bytes, as of {@link digest}. */
export function digestBytes(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('base64url').slice(0, CHARACTERS);
}

/** What `keyOf` shows: the canonical text of the call, or `digest:…` when it is longer than 120 characters. */
export function showKey(key: string): string {
  const text = withoutScope(key);
  return text.length <= SHOWN ? text : `digest:${digest(text)}`;
}
