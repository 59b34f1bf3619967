/** The closed set of codes; `CacheError.code` is one of them. */
export type CacheErrorCode =
  | 'ERR_MILLPOND_INVALID_OPTION'
  | 'ERR_MILLPOND_NAME_TAKEN'
  | 'ERR_MILLPOND_WRAPPED_OFTEN'
  | 'ERR_MILLPOND_UNHASHABLE_ARGUMENT'
  | 'ERR_MILLPOND_HASHER_FAILED'
  | 'ERR_MILLPOND_UNCACHEABLE_VALUE'
  | 'ERR_MILLPOND_VALUE_MUTATED'
  | 'ERR_MILLPOND_RECURSIVE_CALL'
  | 'ERR_MILLPOND_TIMEOUT'
  | 'ERR_MILLPOND_OVERLOADED'
  | 'ERR_MILLPOND_BATCH'
  | 'ERR_MILLPOND_EFFECT'
  | 'ERR_MILLPOND_INPUT'
  | 'ERR_MILLPOND_NO_SCOPE'
  | 'ERR_MILLPOND_SCOPE'
  | 'ERR_MILLPOND_CLOSED'
  | 'ERR_MILLPOND_RELEASE_FAILED'
  | 'ERR_MILLPOND_STORE_FAILED'
  | 'ERR_MILLPOND_STORE_TIMEOUT'
  | 'ERR_MILLPOND_STORE_DAMAGED'
  | 'ERR_MILLPOND_VALUE_TOO_LARGE'
  | 'ERR_MILLPOND_ROUTE';

/** What Millpond throws, and what its failure events carry. A user's own error is never wrapped in one. */
export class CacheError extends Error {
  /** One of the closed set; every code has a heading in `docs/errors.md`. */
  readonly code: CacheErrorCode;

  constructor(code: CacheErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'CacheError';
    this.code = code;
  }
}
