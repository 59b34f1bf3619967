import type { Cache, CachedData, CachedResource } from '@millpond/core';
import { dataEdition } from './data/flights.js';
import { openDatabase, type FlightDatabase } from './database/database.js';
import { AIRPORTS, DISTANCE_STEP, delayStatement, sourceOf } from './database/queries.js';
import type { Row } from './database/messages.js';
import type { Airport, Answer, Bucket, DatabaseStatus, FlightQuery, Question } from './wire.js';

/** Change it when the answers change their meaning or their shape: what was kept before is then left behind. */
const ANSWERS_VERSION = '1';

/** What the three servers share: the cached functions, made once. */
export interface Answers {
  /** The cached functions, one for each question. */
  readonly questions: Readonly<Record<Question, CachedData<[FlightQuery], Answer>>>;
  /** The database: built on the first miss, then the same for everybody. */
  readonly database: CachedResource<[], FlightDatabase>;
  /** Not cached here: each server caches it in the manner of its framework. */
  readonly loadAirports: () => Promise<readonly Airport[]>;
  /** The version of everything that was counted. */
  readonly version: string;
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
        const opened = await database();
        return toAnswer(question, query, await opened.all(delayStatement(question, query)));
      },
      { name: question, version, ttl: '7d', maxEntries: 500 },
    );

  return {
    questions: { byHour: answerTo('byHour'), byDistance: answerTo('byDistance'), byOrigin: answerTo('byOrigin') },
    database,
    loadAirports: async () => (await (await database()).all(AIRPORTS)).map(toAirport),
    version,
  };
}

function toAnswer(question: Question, query: FlightQuery, rows: readonly Row[]): Answer {
  const buckets = rows.map((row) => toBucket(question, row));
  return {
    question,
    query,
    unit: query.statistic === 'count' ? 'flights' : 'minutes',
    source: sourceOf(question, query),
    flights: buckets.reduce((sum, { flights }) => sum + flights, 0),
    buckets,
  };
}

function toBucket(question: Question, { bucket, value, flights, city }: Row): Bucket {
  const start = question === 'byOrigin' ? String(bucket) : Number(bucket);
  return { start, label: labelOf(question, start, city), value: Number(value), flights: Number(flights) };
}

function labelOf(question: Question, start: number | string, city: unknown): string {
  switch (question) {
    case 'byHour':
      return `${String(start).padStart(2, '0')}:00 to ${String(start).padStart(2, '0')}:59`;
    case 'byDistance':
      return `${start} to ${Number(start) + DISTANCE_STEP - 1} miles`;
    case 'byOrigin':
      return String(city);
  }
}

function toAirport({ code, name, city, flights }: Row): Airport {
  return { code: String(code), name: String(name), city: String(city), flights: Number(flights) };
}
