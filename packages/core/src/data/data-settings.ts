import { isTagList } from '../check-options.js';
import { parseDuration } from '../duration.js';
import { invalidOption } from '../errors.js';
import type { AnyDataOptions } from '../settings.js';

/** The policy of one data function, every default filled in; durations in milliseconds. */
export interface DataSettings {
  readonly staleWhileRevalidate: number;
  readonly staleIfError: number;
  /** Tags that are known before the function has run. */
  readonly staticTags: readonly string[];
  /** The ttl of a result. Throws `ERR_MILLPOND_INVALID_OPTION` when the `ttl` function returned no duration. */
  ttlOf(value: unknown, args: readonly unknown[]): number | undefined;
  /** Every tag of a result. Throws `ERR_MILLPOND_INVALID_OPTION` when the `tags` function returned no list. */
  tagsOf(value: unknown, args: readonly unknown[]): readonly string[];
  /** Whether a result is to be kept. */
  wanted(value: unknown, args: readonly unknown[]): boolean;
}

/** Reads the checked options of a data function once. */
export function dataSettings(options: AnyDataOptions, fn: string): DataSettings {
  const { ttl, tags, when } = options;
  const window = (option: 'staleWhileRevalidate' | 'staleIfError'): number =>
    options[option] === undefined ? 0 : parseDuration(options[option], fn, option);
  const fixedTtl = ttl === undefined || typeof ttl === 'function' ? undefined : parseDuration(ttl, fn, 'ttl');
  const staticTags = tags === undefined || typeof tags === 'function' ? [] : [...new Set<string>(tags)];
  return {
    staleWhileRevalidate: window('staleWhileRevalidate'),
    staleIfError: window('staleIfError'),
    staticTags,
    ttlOf: (value, args) =>
      typeof ttl === 'function' ? parseDuration(ask(ttl, value, args), fn, 'ttl(value, ...args)') : fixedTtl,
    tagsOf: (value, args) => (typeof tags === 'function' ? checkedTags(ask(tags, value, args), fn) : staticTags),
    wanted: (value, args) => when === undefined || checkedVerdict(ask(when, value, args), fn),
  };
}

/** Calls a user's callback with a result and the arguments, whose types were checked where the function was wrapped. */
function ask(callback: (...args: never) => unknown, value: unknown, args: readonly unknown[]): unknown {
  return Reflect.apply(callback, undefined, [value, ...args]);
}

/** A promise is always true: taken for an answer it would keep everything. */
function checkedVerdict(verdict: unknown, fn: string): boolean {
  if (!(verdict instanceof Promise)) return Boolean(verdict);
  verdict.catch(() => {
    // The error below tells what is wrong; what the promise comes to does not matter any more.
  });
  throw invalidOption(fn, 'when(value, ...args)', verdict, 'true or false: what it asks must be known at once');
}

function checkedTags(tags: unknown, fn: string): readonly string[] {
  if (isTagList(tags)) return [...new Set(tags)];
  throw invalidOption(fn, 'tags(value, ...args)', tags, 'a list of texts that are not empty');
}
