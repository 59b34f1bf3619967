/** A user's rule for the key of instances of one class. Made by `defineHasher`. */
export interface Hasher {
  readonly class: abstract new (...args: never) => unknown;
  readonly hash: (value: never) => unknown;
}
