// What travels between the servers and the page: types only, so that both may import them.

/** What can be asked; each is a cached function of its own. */
export type Question = 'byHour' | 'byDistance' | 'byOrigin';

/** How the delays of a group become one number. */
export type Statistic = 'mean' | 'median' | 'p90' | 'count';

/** A checked question: every part is present, so that two spellings of one question are one call. */
export interface FlightQuery {
  readonly statistic: Statistic;
  /** Miles, inclusive. */
  readonly minDistance: number;
  /** Miles, inclusive. */
  readonly maxDistance: number;
  /** Hour of departure, inclusive: 0 to 23. */
  readonly fromHour: number;
  /** Hour of departure, exclusive: 1 to 24. */
  readonly toHour: number;
  /** IATA code of the airport of departure; null for every airport. */
  readonly origin: string | null;
}

/** One bar of the chart. */
export interface Bucket {
  /** First hour, first mile, or IATA code. */
  readonly start: number | string;
  /** `06:00`, `250 to 499 miles`, `Atlanta, GA`. */
  readonly label: string;
  /** In the unit of the answer. */
  readonly value: number;
  readonly flights: number;
}

/** What a cached function answers. */
export interface Answer {
  readonly question: Question;
  readonly query: FlightQuery;
  readonly unit: 'minutes' | 'flights';
  /** The file of vega-datasets that was counted. */
  readonly source: string;
  /** How many flights matched. */
  readonly flights: number;
  /** Milliseconds that the computation took: a part of the answer, so that a hit can tell what it has spared. */
  readonly computeTime: number;
  readonly buckets: readonly Bucket[];
}

/** How one call was answered. */
export type Outcome = 'hit' | 'miss' | 'join' | 'stale';

/** An answer, and how it came about. */
export interface AskReply {
  readonly server: string;
  readonly outcome: Outcome;
  /** For a hit: where the answer was. */
  readonly tier: 'memory' | 'store' | null;
  /** For a hit: how old the answer is, in milliseconds. */
  readonly age: number | null;
  /** Milliseconds on the server, from the call to its answer. */
  readonly took: number;
  /** What identifies the call among those of its function. */
  readonly key: string;
  /** How many flights matched, as it is written in the language of the visitor. */
  readonly counted: string;
  /** How often this visitor has asked, and how often it was a hit. */
  readonly visitor: { readonly asked: number; readonly hits: number };
  readonly answer: Answer;
}

/** Twenty identical requests at once, over all servers. */
export interface BurstReply {
  readonly requests: number;
  readonly outcomes: Readonly<Record<Outcome, number>>;
  /** Requests by server. */
  readonly servers: Readonly<Record<string, number>>;
  /** Milliseconds until the last one was answered. */
  readonly took: number;
}

/** What was dropped. */
export interface ClearReply {
  readonly cleared: 'call' | 'function' | 'everything';
  readonly question: Question | null;
}

/** One row of the table of functions. */
export interface FunctionRow {
  readonly name: string;
  readonly hits: number;
  readonly misses: number;
  readonly joins: number;
  readonly entries: number;
  readonly bytes: number;
}

/** Where the database stands: it is a resource, built on the first miss. */
export interface DatabaseStatus {
  readonly state: 'closed' | 'opening' | 'loading' | 'open';
  readonly loaded: number;
  readonly total: number;
}

/** The live table under the chart. */
export interface StatsReply {
  readonly server: string;
  readonly functions: readonly FunctionRow[];
  readonly database: DatabaseStatus;
  /** Questions that are being answered. */
  readonly underWay: number;
}

/** One of the three servers. */
export interface ServerLink {
  readonly name: string;
  readonly url: string;
}

/** An airport that flights of the data set leave from. */
export interface Airport {
  readonly code: string;
  readonly name: string;
  readonly city: string;
  readonly flights: number;
}

/** What a request that cannot be answered gets, with a status of 400 or above. */
export interface ErrorReply {
  readonly error: string;
}
