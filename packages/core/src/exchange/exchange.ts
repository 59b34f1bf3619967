import type { EffectsOfExchange } from './response-effects.js';
import type { InputsOfExchange } from './request-inputs.js';

/**
 * The request that is being answered, and its response (HTTP calls the two an exchange), for code deep inside: what is read is an
 * input, what is set an effect. Everything in it may be destructured.
 *
 * Where there is no request (outside any scope, or when its response has ended) reading, and calling an effect outside a
 * cached function, throws `ERR_MILLPOND_NO_SCOPE`; the adapter's option or middleware `scopes` turns it on.
 */
export interface Exchange extends InputsOfExchange, EffectsOfExchange {}
