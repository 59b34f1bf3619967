/**
 * A cookie in a `Cookie` header (RFC 6265 5.4): the first of its name, decoded where it is encoded and without quotes, as
 * the parsers of the frameworks have it.
 */
export function cookieIn(header: string | undefined, name: string): string | undefined {
  for (const pair of header?.split(';') ?? []) {
    const at = pair.indexOf('=');
    if (at !== -1 && pair.slice(0, at).trim() === name) return decoded(unquoted(pair.slice(at + 1).trim()));
  }
  return undefined;
}

function unquoted(value: string): string {
  return value.length > 1 && value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : value;
}

function decoded(value: string): string {
  try {
    return value.includes('%') ? decodeURIComponent(value) : value;
  } catch {
    // Not encoded at all: it is what it is.
    return value;
  }
}
