import { dataSettings, type DataSettings } from '../data/data-settings.js';
import type { StreamOptions } from '../options.js';
import { checkKeyed, checkOptions, DATA_CHECKS, refuseStore, type Check } from '../settings/index.js';

/** Options of any arguments and items, as they arrive where they are checked. */
export type AnyStreamOptions = StreamOptions<never, never>;

const {
  version: _version,
  staleWhileRevalidate: _staleWhileRevalidate,
  staleIfError: _staleIfError,
  softTimeout: _softTimeout,
  hardTimeout: _hardTimeout,
  errorTtl: _errorTtl,
  maxConcurrent: _maxConcurrent,
  jitter: _jitter,
  store: _store,
  persist: _persist,
  scope: _scope,
  maxVariants: _maxVariants,
  ...STREAM_CHECKS
} = DATA_CHECKS;

/** Checks the options of `cacheStream`. */
export function checkStreamOptions(options: unknown, where: string): asserts options is AnyStreamOptions {
  const cure = 'Streams are kept in memory: leave the option out, or collect the items and use cacheData.';
  refuseStore(options, where, cure);
  const checks: Readonly<Record<keyof AnyStreamOptions, Check>> = STREAM_CHECKS;
  checkOptions<AnyStreamOptions>(options, checks, where);
  checkKeyed(options, where);
}

/** The policy of one stream function; what is asked about a result is asked about the list of its items. */
export interface StreamSettings extends Pick<
  DataSettings,
  'hasTtl' | 'longestLife' | 'inherits' | 'staticTags' | 'ttlOf' | 'tagsOf' | 'wanted'
> {
  /** Whether anything is asked about the items, so that a list of them is needed. */
  readonly asksForItems: boolean;
  /** Whether the tags are known only when the last item has come. */
  readonly hasLateTags: boolean;
}

/** Reads the checked options of a stream function once. */
export function streamSettings(options: AnyStreamOptions, fn: string): StreamSettings {
  const { ttl, tags, when } = options;
  return {
    ...dataSettings(options, fn),
    asksForItems: [ttl, tags, when].some((option) => typeof option === 'function'),
    hasLateTags: typeof tags === 'function',
  };
}
