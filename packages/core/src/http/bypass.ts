import type { Bypass } from './cache-status.js';
import { credentialOf } from './credentials.js';
import type { RouteInput } from './input.js';
import type { RouteView } from './view.js';

/** A DNS name has at most 253 characters; then there is the port. */
const LONGEST_HOST = 260;

/** Why a request is answered without the cache; undefined when it is not. */
export function bypassOf(
  input: RouteInput,
  view: RouteView,
  listed: readonly string[] | undefined,
): Bypass | undefined {
  if (input.method !== 'GET' && input.method !== 'HEAD') return { forward: 'method', detail: undefined };
  const detail = reason(input, view, listed);
  return detail === undefined ? undefined : { forward: 'bypass', detail };
}

function reason(input: RouteInput, view: RouteView, listed: readonly string[] | undefined): string | undefined {
  const { headers } = input;
  const credential = credentialOf(headers, input.query, input.caller, listed);
  if (credential !== undefined) return credential;
  if (hasBody(headers)) return 'body';
  return view.oversized || input.host.length > LONGEST_HOST ? 'key-too-long' : undefined;
}

function hasBody(headers: RouteInput['headers']): boolean {
  const length = headers['content-length'];
  return headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
}
