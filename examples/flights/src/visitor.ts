import { randomUUID } from 'node:crypto';
import type { SessionIdentity } from '@millpond/core';

/** The cookie of a visitor; browsers send it to all three servers, whatever their port. */
const NAME = 'visitor';

interface Headers {
  readonly cookie?: string | undefined;
}

function idIn({ cookie = '' }: Headers): string | undefined {
  return new RegExp(`(?:^|; )${NAME}=([\\w-]{36})(?:;|$)`, 'u').exec(cookie)?.[1];
}

/** Whose session a request has. Who comes without the cookie (for the first time, or with curl) has none yet. */
export function visitorOf(headers: Headers): SessionIdentity {
  return idIn(headers) ?? { anonymous: true };
}

/** What a new visitor is given to come back with; undefined for one who has it. */
export function cookieFor(headers: Headers): string | undefined {
  return idIn(headers) === undefined ? `${NAME}=${randomUUID()}; Path=/; HttpOnly; SameSite=Lax` : undefined;
}
