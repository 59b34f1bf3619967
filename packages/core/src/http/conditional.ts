const LISTED_ETAG = /(?:W\/)?("[^"]*")/g;

/**
 * Whether an If-None-Match header names an entity tag: a list, `*`, weak comparison (RFC 9110 8.8.3.2 and 13.1.2).
 */
export function matchesEtag(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  if (ifNoneMatch === etag || ifNoneMatch.trim() === '*') return true;
  const opaque = etag.startsWith('W/') ? etag.slice(2) : etag;
  for (const [, listed] of ifNoneMatch.matchAll(LISTED_ETAG)) if (listed === opaque) return true;
  return false;
}
