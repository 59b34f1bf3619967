import { describe, expect, test } from 'vitest';
import { callerOf, credentialOf, type Caller } from '../../../packages/core/src/http/credentials.js';

const NOBODY: Caller = { user: undefined, session: undefined, certificate: false };
const find = (headers: Record<string, unknown>, query: unknown = {}, caller = NOBODY, listed?: string[]) =>
  credentialOf(headers, query, caller, listed);

describe('whether a request tells who is asking', () => {
  test('an ordinary request does not', () => {
    const headers = { host: 'a', accept: '*/*', 'user-agent': 'x', 'if-none-match': '*', referer: 'b', origin: 'c' };
    expect(find(headers, { page: '1', q: 'token' })).toBeUndefined();
  });

  test.each([
    'authorization',
    'proxy-authorization',
    'x-api-key',
    'api-key',
    'x-auth-token',
    'x-access-token',
    'x-forwarded-user',
    'x-remote-user',
    'x-auth-request-email',
    'cf-access-jwt-assertion',
    'x-goog-iap-jwt-assertion',
    'x-amzn-oidc-data',
    'client-cert',
    'x-forwarded-client-cert',
  ])('the header %s does', (name) => {
    expect(find({ host: 'a', [name]: 'anything' })).toBe(name);
  });

  test('an empty credential is one too: what is behind it may answer it differently', () => {
    expect(find({ authorization: '' })).toBe('authorization');
  });

  test('hazard 34: a cookie alone does not, since the handler cannot see it', () => {
    expect(find({ cookie: '_ga=GA1.2.3; session=abc' })).toBeUndefined();
  });

  test.each(['access_token', 'api_key', 'ACCESS_TOKEN', 'token', 'sid', 'X-Amz-Signature'])(
    'the query parameter %s does',
    (name) => {
      expect(find({}, { [name]: '1' })).toBe(name.toLowerCase());
    },
  );

  test('a query parameter that the route lists is part of the key, and no credential', () => {
    expect(find({}, { token: '1' }, NOBODY, ['token'])).toBeUndefined();
    expect(find({}, { token: '1', api_key: '2' }, NOBODY, ['token'])).toBe('api_key');
  });

  test('parameters inherited by the query object are none', () => {
    expect(find({}, Object.create({ token: '1' }))).toBeUndefined();
    expect(find({}, undefined)).toBeUndefined();
  });

  test('a user whom middleware has found does', () => {
    expect(find({}, {}, { ...NOBODY, user: { id: 1 } })).toBe('user');
    expect(find({}, {}, { ...NOBODY, user: 0 })).toBe('user');
    for (const user of [undefined, null, false]) expect(find({}, {}, { ...NOBODY, user })).toBeUndefined();
  });

  test('a session that holds something does, an empty one does not', () => {
    const session = (held: unknown): string | undefined => find({}, {}, { ...NOBODY, session: held });
    expect(session({ cookie: {}, userId: 7 })).toBe('session');
    expect(session({ cookie: {}, cart: [] })).toBe('session');
    expect(session('abc')).toBe('session');
    expect(session({ cookie: {} })).toBeUndefined();
    expect(session({})).toBeUndefined();
    expect(session(null)).toBeUndefined();
    expect(session(undefined)).toBeUndefined();
  });

  test('a client certificate does', () => {
    expect(find({}, {}, { ...NOBODY, certificate: true })).toBe('client-certificate');
  });
});

describe('what is read from a framework', () => {
  test('the user, or what jwt middleware calls auth, and the session', () => {
    const session = { cookie: {} };
    expect(callerOf({ user: 'u', auth: 'a', session }, undefined)).toEqual({ user: 'u', session, certificate: false });
    expect(callerOf({ user: null, auth: 'a' }, undefined).user).toBe('a');
    expect(callerOf({}, undefined)).toEqual(NOBODY);
  });

  test('the client certificate of a TLS socket: an empty object and null are none', () => {
    const socket = (certificate: unknown): object => ({ getPeerCertificate: () => certificate });
    expect(callerOf({}, socket({ subject: {} })).certificate).toBe(true);
    expect(callerOf({}, socket({})).certificate).toBe(false);
    expect(callerOf({}, socket(null)).certificate).toBe(false);
    expect(callerOf({}, {}).certificate).toBe(false);
  });
});
