import type { Cache, CallOutcome } from '@millpond/core';
import type { Answers } from './answers.js';
import { askAtOnce } from './burst.js';
import { BadRequest, parseQuery, parseQuestion, type QueryParameters } from './query.js';
import type {
  AskReply,
  BurstReply,
  ClearReply,
  DatabaseStatus,
  ErrorReply,
  FunctionRow,
  ServerLink,
  StatsReply,
} from './wire.js';

/** How many requests the burst sends. */
const BURST = 20;

/** What the three servers answer with; it knows nothing of any framework. */
export interface Api {
  /** `GET /api/delays/:question` */
  ask(server: string, question: string, parameters: QueryParameters): Promise<AskReply>;
  /** `POST /api/delays/:question/burst`: the same question twenty times at once, over all servers. */
  burst(question: string, parameters: QueryParameters): Promise<BurstReply>;
  /** `DELETE /api/delays/:question/call` */
  clearCall(question: string, parameters: QueryParameters): Promise<ClearReply>;
  /** `DELETE /api/delays/:question` */
  clearFunction(question: string): Promise<ClearReply>;
  /** `DELETE /api/cache` */
  clearEverything(): Promise<ClearReply>;
  /** `GET /api/stats` */
  stats(server: string): StatsReply;
  /** `GET /api/servers` */
  servers(): readonly ServerLink[];
}

/** What the api needs. */
export interface ApiParts {
  readonly cache: Cache;
  readonly answers: Answers;
  readonly databaseStatus: () => DatabaseStatus;
  readonly servers: () => readonly ServerLink[];
}

/** Makes the api of all three servers. */
export function createApi({ cache, answers, databaseStatus, servers }: ApiParts): Api {
  return {
    async ask(server, text, parameters) {
      const question = parseQuestion(text);
      const query = parseQuery(question, parameters);
      const cached = answers.questions[question];
      await answers.place();
      let outcome: CallOutcome | undefined;
      const started = performance.now();
      const answer = await cached.withOptions({ observe: (event) => (outcome = event) })(query);
      const took = performance.now() - started;
      const visitor = await answers.history();
      visitor.asked += 1;
      if (outcome?.type === 'hit') visitor.hits += 1;
      const counted = await answers.writeNumber(answer.flights);
      return { server, ...describe(outcome), took, key: cached.keyOf(query), counted, visitor, answer };
    },
    burst(text, parameters) {
      const question = parseQuestion(text);
      parseQuery(question, parameters);
      const search = new URLSearchParams();
      for (const [name, value] of Object.entries(parameters)) search.set(name, String(value));
      return askAtOnce(servers(), `/api/delays/${text}?${search.toString()}`, BURST);
    },
    async clearCall(text, parameters) {
      const question = parseQuestion(text);
      await answers.questions[question].delete(parseQuery(question, parameters));
      return { cleared: 'call', question };
    },
    async clearFunction(text) {
      const question = parseQuestion(text);
      await answers.questions[question].clear();
      return { cleared: 'function', question };
    },
    async clearEverything() {
      await cache.clear();
      return { cleared: 'everything', question: null };
    },
    stats: (server) => ({
      server,
      functions: cache.stats().functions.map(toRow),
      database: databaseStatus(),
      underWay: answers.placesTaken(),
    }),
    servers,
  };
}

function describe(event: CallOutcome | undefined): Pick<AskReply, 'outcome' | 'tier' | 'age'> {
  if (event === undefined) throw new Error('The cache answered and did not say how.');
  return {
    outcome: event.type,
    tier: event.type === 'hit' ? event.tier : null,
    age: event.type === 'hit' || event.type === 'stale' ? event.age : null,
  };
}

function toRow({ name, hits, misses, joins, entries, bytes }: FunctionRow): FunctionRow {
  return { name, hits, misses, joins, entries, bytes };
}

/** The `Server-Timing` header of an answer: browsers show it beside the request. */
export function serverTiming({ outcome, took }: AskReply): string {
  return `cache;desc="${outcome}";dur=${took.toFixed(2)}`;
}

/** The status and the body of an error: what the asker can mend is 400, all else 500. */
export function problemOf(error: unknown): { readonly status: number; readonly body: ErrorReply } {
  const message = error instanceof Error ? error.message : String(error);
  return error instanceof BadRequest
    ? { status: 400, body: { error: message } }
    : { status: 500, body: { error: `The answer could not be computed: ${message}` } };
}

/** The body of the answer to a path that no server knows. */
export function notFound(method: string, path: string): ErrorReply {
  return { error: `There is nothing at ${method} ${path}: open / for the page.` };
}
