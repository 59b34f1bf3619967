import { dataSettings, type DataSettings } from '../data/data-settings.js';
import type { AnyStreamOptions } from '../settings.js';

/** The policy of one stream function; what is asked about a result is asked about the list of its items. */
export interface StreamSettings extends Pick<DataSettings, 'copy' | 'staticTags' | 'ttlOf' | 'tagsOf' | 'wanted'> {
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
