import { describe, expect, test } from 'vitest';
import { record } from '../support/cache.js';
import { failureOf, gate, unchecked } from '../support/gate.js';
import { begin, site } from './support.js';

type Made = ReturnType<typeof site>;

/** A function that does all that can be done for everybody. */
function busy({ cache, responseHeader, responseStatus, logLine }: Made) {
  return cache.cacheData(async () => {
    responseHeader('X-Source', 'archive');
    responseStatus(203);
    logLine('warn', 'from the archive', { shelf: 7 });
    return 1;
  });
}

describe('S106: what a cached function does to the response', () => {
  test('is done to that of each who is answered: on the miss, to who joined, on a hit', async () => {
    const made = site();
    const load = busy(made);
    const together = await Promise.all([made.visit({}, () => load()), made.visit({}, () => load())]);
    const visits = [...together, await made.visit({}, () => load())];
    for (const { response } of visits) {
      expect(response).toMatchObject({
        status: 203,
        headers: { 'x-source': 'archive' },
        lines: ['warn from the archive {"shelf":7}'],
      });
    }
    expect(load.stats().runs).toBe(1);
  });

  test('is done again by a process that found it in the store, and had not used it yet', async () => {
    const store = new Map<string, unknown>();
    const make = (): Made => site({ name: 'shop', store });
    const [here, there] = [make(), make()];
    const load = ({ cache, responseHeader }: Made) =>
      cache.cacheData(
        async () => {
          responseHeader('x-source', 'archive');
          return 1;
        },
        { name: 'load' },
      );
    await here.visit({}, load(here));
    await here.cache.flush();
    const { response } = await there.visit({}, load(there));
    expect(response.headers).toEqual({ 'x-source': 'archive' });
  });

  test('is done at once outside a cached function', async () => {
    const { visit, responseHeader, responseCookie } = site();
    const { response } = await visit({}, () => {
      responseHeader('x-a', '1');
      responseCookie('seen', 'yes');
    });
    expect(response).toMatchObject({ headers: { 'x-a': '1' }, cookies: ['seen=yes; Path=/; HttpOnly; SameSite=Lax'] });
  });

  test('adds to Vary, and leaves what others have put there', async () => {
    const { visit, responseHeader } = site();
    const { response } = await visit({}, () => {
      responseHeader('vary', 'Origin');
      responseHeader('Vary', 'origin, Accept-Language');
    });
    expect(response.headers).toEqual({ vary: 'Origin, Accept-Language' });
  });

  test('after the headers were sent it is an event, in a cached function and outside', async () => {
    const { cache, visit, responseHeader, logLine } = site();
    const heard = record(cache, 'effectFailed');
    const load = cache.cacheData(
      async () => {
        responseHeader('x-a', '1');
        logLine('info', 'still written');
        return 1;
      },
      { name: 'load' },
    );
    const { scope, response } = begin(cache);
    response.sent = true;
    await scope.run(async () => {
      expect(await load()).toBe(1);
      responseHeader('x-b', '1');
    });
    const error = expect.objectContaining({ code: 'ERR_MILLPOND_EFFECT' });
    expect(heard).toMatchObject([
      { effect: 'responseHeader', fn: 'load', error },
      { effect: 'responseHeader', fn: undefined, error },
    ]);
    expect(response).toMatchObject({ headers: {}, lines: ['info still written {}'] });
    await visit({}, () => undefined);
  });

  test('outside any request a result is handed out with an event; a call outside a cached function throws', async () => {
    const made = site();
    const heard = record(made.cache, 'effectFailed');
    expect(await busy(made)()).toBe(1);
    expect(heard).toHaveLength(3);
    expect(heard).toMatchObject([{ effect: 'responseHeader', error: { code: 'ERR_MILLPOND_NO_SCOPE' } }, {}, {}]);
    expect(() => made.logLine('info', 'x')).toThrow(expect.objectContaining({ code: 'ERR_MILLPOND_NO_SCOPE' }));
  });

  test('a line for a request without a logger is an event that says where to name one', async () => {
    const { cache, visit, logLine } = site();
    const heard = record(cache, 'effectFailed');
    await visit({ mute: true }, () => logLine('info', 'x'));
    expect(String(Reflect.get(heard[0] ?? {}, 'error'))).toContain('{ logger: (request) => ... }');
  });
});

describe('hazard 30: a cookie is of one user', () => {
  test('it is refused in a function for everybody, and in one that is called by it', async () => {
    const { cache, visit, responseCookie } = site();
    const inner = cache.cacheData(async () => responseCookie('sid', 'x'), { name: 'inner' });
    const outer = cache.cacheData(async () => inner());
    for (const load of [inner, outer]) {
      const failure = failureOf(visit({ session: 'ada' }, () => load()));
      expect(await failure).toMatchObject({
        code: 'ERR_MILLPOND_EFFECT',
        message: expect.stringMatching(/^inner \(scope 'global'\) called responseCookie.*scope: 'session'/),
      });
    }
  });

  test('of a function of a session it is set again in that session, and in no other', async () => {
    const { cache, visit, responseCookie } = site();
    let count = 0;
    const load = cache.cacheData(async () => responseCookie('visit', String((count += 1)), { maxAge: '1d' }), {
      scope: 'session',
    });
    const cookies: string[] = [];
    for (const session of ['ada', 'bob', 'ada']) {
      cookies.push(...(await visit({ session }, () => load())).response.cookies.map((text) => text.slice(0, 22)));
    }
    expect(cookies).toEqual(['visit=1; Max-Age=86400', 'visit=2; Max-Age=86400', 'visit=1; Max-Age=86400']);
  });

  test('it may be set for a request, and not by a function for everybody that is called there', async () => {
    const { cache, visit, responseCookie } = site();
    const own = cache.cacheData(async () => responseCookie('a', 'b'), { scope: 'request' });
    expect((await visit({}, () => own())).response.cookies).toHaveLength(1);
  });

  test('an effect of your own says by `scope` for whom it is', async () => {
    const { cache } = site();
    const begin = cache.effect('begin', () => undefined, { scope: 'request' });
    const load = cache.cacheData(async () => begin(), { name: 'load', scope: 'session' });
    const call = cache.runInScope({ session: 'ada' }, () => load());
    expect(String(await failureOf(call))).toContain("load (scope 'session') called begin");
    expect(() => cache.effect('other', () => undefined, { scope: unchecked('all') })).toThrow('option `scope`');
  });
});

describe('hazard 30: what is about the credentials of one user is refused by name, in a cached function and outside', () => {
  test.each([
    'Set-Cookie',
    'set-cookie2',
    'WWW-Authenticate',
    'Proxy-Authenticate',
    'Authentication-Info',
    'Authorization',
    'X-Auth-Token',
    'x-api-key',
    'clear-site-data',
  ])('%s', async (name) => {
    const { cache, visit, responseHeader } = site();
    const scopes = ['global', 'session', 'request'] as const;
    const loads = scopes.map((scope) => cache.cacheData(async () => responseHeader(name, 'x'), { scope }));
    for (const act of [...loads, async () => responseHeader(name, 'x')]) {
      const { response, answer } = await visit({ session: 'ada' }, () => failureOf(act()));
      expect(answer).toMatchObject({ code: 'ERR_MILLPOND_EFFECT' });
      expect([response.headers, response.cookies]).toEqual([{}, []]);
    }
  });
});

describe('what no response can have is refused where it is called', () => {
  const refused = expect.objectContaining({ code: 'ERR_MILLPOND_EFFECT' });

  test.each(['content-length', 'transfer-encoding', 'a b', '', 7])('the header %s', async (name) => {
    const { cache, visit, responseHeader } = site();
    const load = cache.cacheData(async () => responseHeader(unchecked(name), 'x'));
    expect(await failureOf(visit({}, () => load()))).toEqual(refused);
  });

  test('the cure for a cookie is told', () => {
    expect(() => site().responseHeader('set-cookie', 'a=b')).toThrow('Use responseCookie(name, value, options)');
  });

  test.each(['a\r\nx-evil: 1', 'a\u0000', '\u{1F600}', 7, undefined])('the value %j', async (value) => {
    const { visit, responseHeader } = site();
    await visit({}, () => expect(() => responseHeader('x-a', unchecked(value))).toThrow(refused));
  });

  test.each([100, 199, 600, 200.5, '200', NaN])('the status %j', async (code) => {
    const { visit, responseStatus } = site();
    await visit({}, () => expect(() => responseStatus(unchecked(code))).toThrow(refused));
  });

  test.each<[unknown, unknown, object]>([
    ['a b', 'x', {}],
    ['a', 7, {}],
    ['a', 'x', { path: '/; HttpOnly' }],
    ['a', 'x', { domain: 'a\r\nb' }],
    ['a', 'x', { sameSite: 'none' }],
  ])('the cookie %j=%j %j', async (name, value, options) => {
    const { visit, responseCookie } = site();
    await visit({}, () => {
      expect(() => responseCookie(unchecked(name), unchecked(value), options)).toThrow(refused);
    });
  });

  test('an option of a cookie that there is not, and a level of the log', async () => {
    const { visit, responseCookie, logLine } = site();
    await visit({}, () => {
      expect(() => responseCookie('a', 'b', unchecked({ httponly: true }))).toThrow('there is no option `httponly`');
      expect(() => logLine(unchecked('fatal'), 'x')).toThrow(refused);
    });
  });

  test('the value of a cookie is encoded, so that it ends nothing', async () => {
    const { visit, responseCookie } = site();
    const { response } = await visit({}, () => responseCookie('a', 'x; Domain=evil\r\n', { secure: true, maxAge: 0 }));
    expect(response.cookies).toEqual([
      'a=x%3B%20Domain%3Devil%0D%0A; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Lax',
    ]);
  });
});

test('a run that a request has left acts for nobody', async () => {
  const { cache, responseHeader } = site();
  const door = gate();
  const heard = record(cache, 'effectFailed');
  const load = cache.cacheData(async () => {
    await door.passed;
    responseHeader('x-a', '1');
    return 1;
  });
  const { scope, response } = begin(cache);
  const call = scope.run(() => load());
  await scope.end();
  door.open();
  expect(await call).toBe(1);
  expect([heard.length, response.headers]).toEqual([1, {}]);
});
