import type { Cache } from '@millpond/core';
import type { Answers } from '../answers.js';
import type { Api } from '../api.js';
import type { RunningApp } from '../listen.js';

/** What each of the three apps is given: everything but a framework. */
export interface AppParts {
  readonly api: Api;
  readonly cache: Cache;
  readonly answers: Answers;
  /** The wished port; 0 for any. */
  readonly port: number;
}

/** Starts one of the three apps. */
export type StartApp = (parts: AppParts) => Promise<RunningApp>;
