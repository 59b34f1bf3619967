import type { Cache, CachedData, CachedResource } from '@millpond/core';
import { dataEdition } from './data/flights.js';
import { openDatabase, type FlightDatabase } from './database/database.js';
import { AIRPORTS, DISTANCE_STEP, delayStatement, sourceOf } from './database/queries.js';
import type { Row } from './database/messages.js';
import type { Airport, Answer, Bucket, DatabaseStatus, FlightQuery, Question } from './wire.js';

/** Change it when the answers change their meaning or their shape: what was kept before is then left behind. */
const ANSWERS_VERSION = '2';

/** What the three servers share: the cached functions, made once. */
export interface Answers {
  /** The cached functions, one for each question. */
  readonly questions: Readonly<Record<Question, CachedData<[FlightQuery], Answer>>>;
  /** The database: built on the first miss, then the same for everybody. */
  readonly database: CachedResource<[], FlightDatabase>;
  /** What one visitor has asked: of their session, so that nobody else sees it. */
  readonly history: CachedResource<[], History>;
  /** A place among the requests that are being answered: of the request, and given back with its response. */
  readonly place: CachedResource<[], object>;
  /** A number as it is written in the language of whoever asks. */
  readonly writeNumber: CachedData<[number], string>;
  /** How many have one now. */
  readonly placesTaken: () => number;
  /** The airports that flights leave from; each server keeps its response besides, in the manner of its framework. */
  readonly airports: CachedData<[], readonly Airport[]>;
}

/** How often a visitor has asked, and how often it was a hit. */
export interface History {
  asked: number;
  hits: number;
}

/** What `createAnswers` needs. */
export interface AnswersOptions {
  readonly cache: Cache;
  /** Where the database lies. */
  readonly file: string;
  /** Aborts when the process ends. */
  readonly signal: AbortSignal;
  readonly onStatus: (status: DatabaseStatus) => void;
  /** The database was let go. */
  readonly onRelease: (reason: string) => void;
}

/** Makes the resource and the data that depend on it. */
export function createAnswers({ cache, file, signal, onStatus, onRelease }: AnswersOptions): Answers {
  const edition = dataEdition();
  const version = `${edition}, answers ${ANSWERS_VERSION}`;
  const { requestHeader, responseHeader } = cache.exchange;
  const tell = (state: DatabaseStatus['state'], loaded = 0, total = 0): void => onStatus({ state, loaded, total });

  // A resource: opened once, however many ask; the same object for all; released when the cache closes.
  const database = cache.cacheResource(
    async () => {
      tell('opening');
      const onProgress = (loaded: number, total: number): void => tell('loading', loaded, total);
      try {
        const opened = await openDatabase({ file, edition, signal, onProgress });
        tell('open');
        return opened;
      } catch (error) {
        tell('closed');
        throw error;
      }
    },
    {
      name: 'database',
      // A thread that died is replaced on the next use.
      validate: ({ alive }) => alive,
      onRelease: async (released, reason) => {
        await released.close(reason === 'close' ? 'now' : 'when-idle');
        tell('closed');
        onRelease(reason);
      },
    },
  );

  // Data: every caller gets a copy of its own, equal questions at one time share one run, and the disk keeps it all.
  const answerTo = (question: Question): CachedData<[FlightQuery], Answer> =>
    cache.cacheData(
      async (query: FlightQuery) => {
        const started = performance.now();
        const opened = await database();
        const rows = await opened.all(delayStatement(question, query));
        const answer = toAnswer(question, query, rows, performance.now() - started);
        // An effect: kept with the answer, also on disk, and set on the response of everybody who gets it.
        responseHeader('x-counted', `${answer.flights} flights of ${answer.source}`);
        return answer;
      },
      { name: question, version, ttl: '7d', maxEntries: 500 },
    );

  const airports = cache.cacheData(async () => (await (await database()).all(AIRPORTS)).map(toAirport), {
    name: 'airports',
    version,
  });
  const questions = { byHour: answerTo('byHour'), byDistance: answerTo('byDistance'), byOrigin: answerTo('byOrigin') };

  // Of a session: it goes when its visitor has not asked for half an hour.
  const history = cache.cacheResource(async (): Promise<History> => ({ asked: 0, hits: 0 }), {
    name: 'history, of a session',
    scope: 'session',
  });
  // Of a request: released when its response has been sent, or its client has gone away.
  let taken = 0;
  const place = cache.cacheResource(async () => ({ number: (taken += 1) }), {
    name: 'place, of a request',
    scope: 'request',
    onRelease: () => {
      taken -= 1;
    },
  });
  // An input: a number is written for each language that visitors ask in, and nobody gets that of another.
  const writeNumber = cache.cacheData(
    async (number: number) => new Intl.NumberFormat(languageOf(requestHeader('accept-language'))).format(number),
    { name: 'numbers, by language', store: false, maxEntries: 1_000 },
  );
  return { questions, airports, writeNumber, database, history, place, placesTaken: () => taken };
}

/** The first language of an `Accept-Language` header that there is; English without one. */
function languageOf(header = ''): string {
  const [wished = ''] = header.split(/[,;]/u);
  try {
    return Intl.NumberFormat.supportedLocalesOf(wished.trim())[0] ?? 'en';
  } catch {
    // Not the name of a language: `*`, or anything that somebody has sent.
    return 'en';
  }
}

function toAnswer(question: Question, query: FlightQuery, rows: readonly Row[], computeTime: number): Answer {
  const buckets = rows.map((row) => toBucket(question, row));
  return {
    question,
    query,
    unit: query.statistic === 'count' ? 'flights' : 'minutes',
    source: sourceOf(question, query),
    flights: buckets.reduce((sum, { flights }) => sum + flights, 0),
    computeTime,
    buckets,
  };
}

function toBucket(question: Question, { bucket, value, flights, city }: Row): Bucket {
  const start = question === 'byOrigin' ? String(bucket) : Number(bucket);
  return { start, label: LABELS[question](bucket, city), value: Number(value), flights: Number(flights) };
}

const LABELS: Readonly<Record<Question, (bucket: unknown, city: unknown) => string>> = {
  byHour: (hour) => `${String(hour).padStart(2, '0')}:00 to ${String(hour).padStart(2, '0')}:59`,
  byDistance: (miles) => `${String(miles)} to ${Number(miles) + DISTANCE_STEP - 1} miles`,
  byOrigin: (_code, city) => String(city),
};

function toAirport({ code, name, city, flights }: Row): Airport {
  return { code: String(code), name: String(name), city: String(city), flights: Number(flights) };
}
