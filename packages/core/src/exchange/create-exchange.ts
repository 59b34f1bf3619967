import type { Effects } from '../effect/index.js';
import type { Inputs } from '../input/index.js';
import type { Scopes } from '../scope/index.js';
import type { Exchange } from './exchange.js';
import { requestInputs } from './request-inputs.js';
import { responseEffects } from './response-effects.js';

/** What an exchange is made of. */
export interface ExchangeParts {
  readonly scopes: Pick<Scopes, 'exchange' | 'haveExchanges'>;
  readonly inputs: Inputs;
  readonly effects: Effects;
}

/** Makes the exchange of a cache. Its effects are there from the beginning: a store may have entries that have recorded some. */
export function createExchange(parts: ExchangeParts): Exchange {
  return { ...requestInputs(parts), ...responseEffects(parts) };
}
