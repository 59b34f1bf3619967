import { millpond } from '@millpond/express';
import express from 'express';
import express4 from 'express4';
import { describe, expect, test } from 'vitest';
import { scopeContract } from '../contract/scope/contract.js';
import { expressScopes } from '../contract/scope/express-host.js';
import { unchecked } from '../core/support/gate.js';
import { thrownBy } from '../support/thrown-by.js';

scopeContract(expressScopes('Express 5', express));
scopeContract(expressScopes('Express 4', express4));

describe('wrong options of scopes() are told at once', () => {
  test.each<[unknown, string]>([
    [{ sesion: () => 'x' }, 'scopes: there is no option `sesion`. Use one of: session, user, logger.'],
    [{ user: 'x' }, 'scopes: option `user` is "x", but it must be a function of the request that says who its user is'],
    [{ logger: 'x' }, 'scopes: option `logger` is "x", but it must be a function of the request'],
    [{ session: 'x' }, 'scopes: option `session` is "x", but it must be a function of the request'],
  ])('%j', async (options, message) => {
    await using pond = millpond();
    const error = thrownBy(() => pond.scopes(unchecked(options)));
    expect(error).toMatchObject({ code: 'ERR_MILLPOND_INVALID_OPTION' });
    expect(String(error)).toContain(message);
  });
});
