import { describe, expect, test } from 'vitest';
import { createGuard } from '../../../packages/core/src/store/guard.js';
import { openPort } from '../../../packages/core/src/store/open-port.js';
import { createTokens, type Tokens } from '../../../packages/core/src/store/tokens.js';
import { fakeClock, type FakeClock } from '../../support/fake-clock.js';

const MOST = 10_000;
const OLD = 'o'.repeat(22);

function subject(): { tokens: Tokens; clock: FakeClock } {
  const clock = fakeClock();
  const port = openPort(new Map(), clock);
  const options = { port, cache: 'c', clock, readDeadline: 50, emit: () => undefined, owesInvalidations: () => false };
  return { tokens: createTokens({ guard: createGuard(options), clock, memoryTtl: 10_000, tokenTtl: 1000 }), clock };
}

/** Replaces a token, as an invalidation that the store acknowledges at once does. */
function invalidate(tokens: Tokens, name: string): string {
  const token = tokens.replace(name);
  tokens.acknowledged(name, token);
  return token;
}

describe('what a process remembers of its own invalidations', () => {
  test('is forgotten memoryTtl after the acknowledgement', async () => {
    const { tokens, clock } = subject();
    const token = invalidate(tokens, 'n');
    expect(tokens.own('n')).toBe(token);
    await clock.advance(10_000);
    expect(tokens.own('n')).toBeUndefined();
    expect(tokens.standing('n', OLD, tokens.moment())).toEqual({ token: OLD });
  });

  test('is bounded: beyond 10,000 that were acknowledged the oldest goes', () => {
    const { tokens } = subject();
    for (let name = 0; name <= MOST + 1; name += 1) invalidate(tokens, String(name));
    expect(tokens.own('0')).toBeUndefined();
    expect(tokens.own(String(MOST))).toBeDefined();
  });

  test('is not bounded while the store has not acknowledged', () => {
    const { tokens } = subject();
    for (let name = 0; name <= MOST + 1; name += 1) tokens.replace(String(name));
    expect(tokens.own('0')).toBeDefined();
  });

  test('counts from the last acknowledgement', async () => {
    const { tokens, clock } = subject();
    invalidate(tokens, 'n');
    await clock.advance(9_000);
    const token = invalidate(tokens, 'n');
    await clock.advance(9_000);
    invalidate(tokens, 'another');
    expect(tokens.own('n')).toBe(token);
  });
});

test('hazard 2: who missed a token before it was there takes it, and does not replace it', async () => {
  const { tokens } = subject();
  const [early, alsoEarly] = [tokens.moment(), tokens.moment()];
  const token = await tokens.make('n', early);
  expect(token).toBeDefined();
  expect(await tokens.make('n', alsoEarly)).toBe(token);
  // It was lost since.
  expect(await tokens.make('n', tokens.moment())).not.toBe(token);
});

describe('what a process remembers of what it saw', () => {
  test('is bounded: the past of 10,000 tokens', () => {
    const { tokens } = subject();
    for (const name of ['early', ...Array.from({ length: MOST }, (_, index) => String(index))])
      tokens.standing(name, OLD, tokens.moment());
    for (const name of ['early', String(MOST - 1)]) tokens.standing(name, invalidate(tokens, name), 0);
    // The store has shown the new value: an unknown one is then newer, a known one is the past.
    expect(tokens.standing('early', OLD, tokens.moment())).toEqual({ token: OLD });
    expect(tokens.standing(String(MOST - 1), OLD, tokens.moment())).toBe('contested');
  });
});

test('an unknown token is newer than the own one only to a read that was sent after the own one was seen', () => {
  const { tokens } = subject();
  const early = tokens.moment();
  const own = invalidate(tokens, 'n');
  expect(tokens.standing('n', own, early)).toEqual({ token: own });
  // Two reads overtook each other: this one was answered with what was there before.
  expect(tokens.standing('n', OLD, early)).toBe('contested');
  expect(tokens.standing('n', OLD, tokens.moment())).toEqual({ token: OLD });
  expect(tokens.standing('n', own, tokens.moment())).toBe('contested');
});

test('a stored text that is no token is none', () => {
  const { tokens } = subject();
  for (const text of [undefined, null, 42, '', 'short', `${OLD}x`, 'o'.repeat(21), `${'o'.repeat(21)}!`]) {
    expect(tokens.standing('n', text, tokens.moment())).toEqual({ token: undefined });
  }
});
