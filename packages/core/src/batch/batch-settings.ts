import { checkOptions, isCount, isSynchronous, type Check } from '../settings/index.js';
import type { BatchOptions, IdOfRow } from '../options.js';
import { checkDataOptions, DATA_CHECKS } from '../settings/index.js';

/** Options of any ids and rows, as they arrive where they are checked. */
export type AnyBatchOptions = BatchOptions<never, never> & Partial<IdOfRow<never, never>>;

const {
  ignoreArgs: _ignoreArgs,
  ignoreUnderscored: _ignoreUnderscored,
  context: _context,
  maxVariants: _maxVariants,
  scope: _scope,
  ...ONE_ID_CHECKS
} = DATA_CHECKS;

const BATCH_CHECKS: Readonly<Record<keyof AnyBatchOptions, Check>> = {
  ...ONE_ID_CHECKS,
  idOf: isSynchronous,
  maxBatchSize: isCount,
};

/** Checks the options of `cacheBatch`. */
export function checkBatchOptions(options: unknown, where: string): asserts options is AnyBatchOptions {
  checkOptions<AnyBatchOptions>(options, BATCH_CHECKS, where);
  const { idOf: _idOf, maxBatchSize: _maxBatchSize, ...ofOneId } = options;
  checkDataOptions(ofOneId, where);
}
