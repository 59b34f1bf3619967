import { ALL_FLIGHTS, FLIGHTS_WITH_ORIGIN } from '../data/flights.js';
import type { FlightQuery, Question, Statistic } from '../wire.js';
import type { Statement } from './messages.js';

/** Width of a bar by distance, in miles. */
export const DISTANCE_STEP = 250;

/** The most airports that are compared: those with the most flights. */
export const MOST_ORIGINS = 20;

/** What a bar stands for, in SQL. */
const BUCKETS: Readonly<Record<Question, string>> = {
  byHour: 'hour',
  byDistance: `distance / ${DISTANCE_STEP} * ${DISTANCE_STEP}`,
  byOrigin: 'origin',
};

/** Whether a question can only be answered by the flights that name their airports. */
function needsOrigin(question: Question, { origin }: FlightQuery): boolean {
  return question === 'byOrigin' || origin !== null;
}

/** The file of vega-datasets that a question counts. */
export function sourceOf(question: Question, query: FlightQuery): string {
  return needsOrigin(question, query) ? FLIGHTS_WITH_ORIGIN : ALL_FLIGHTS;
}

/** The statement that answers a question: rows of `bucket`, `value` and `flights`. The values are bound, never text. */
export function delayStatement(question: Question, query: FlightQuery): Statement {
  const { statistic, origin, ...range } = query;
  const where = [
    'distance between :minDistance and :maxDistance',
    'hour >= :fromHour and hour < :toHour',
    ...(origin === null ? [] : ['origin = :origin']),
  ];
  const sql = `
    with matching as (
      select ${BUCKETS[question]} as bucket, delay
      from ${needsOrigin(question, query) ? 'routed_flight' : 'flight'}
      where ${where.join(' and ')}
    ), grouped as (${GROUPED[statistic]})
    ${question === 'byOrigin' ? BUSIEST : 'select bucket, value, flights from grouped order by bucket'}`;
  return { sql, parameters: origin === null ? range : { ...range, origin } };
}

/** Airports of departure with the number of their flights. */
export const AIRPORTS: Statement = {
  sql: `
    select code, name, city, count(*) as flights
    from routed_flight join airport on airport.code = routed_flight.origin
    group by code, name, city
    order by flights desc, code`,
  parameters: {},
};

const BUSIEST = `
  select bucket, value, flights, coalesce(city, bucket) as city
  from (select * from grouped order by flights desc, bucket limit ${MOST_ORIGINS})
  left join airport on airport.code = bucket
  order by value desc, bucket`;

/** The delays of each bar in order, each with its place among the flights of its bar. */
const RANKED = `
  select bucket, delay,
    row_number() over (partition by bucket order by delay) as place,
    count(*) over (partition by bucket) as flights
  from matching`;

const GROUPED: Readonly<Record<Statistic, string>> = {
  mean: 'select bucket, avg(delay) as value, count(*) as flights from matching group by bucket',
  count: 'select bucket, count(*) as value, count(*) as flights from matching group by bucket',
  // The mean of the two in the middle, which are one and the same when the number is odd.
  median: `
    select bucket, avg(delay) as value, max(flights) as flights from (${RANKED})
    where place in ((flights + 1) / 2, (flights + 2) / 2) group by bucket`,
  // Nearest rank: the smallest delay that nine of ten flights do not exceed.
  p90: `
    select bucket, max(delay) as value, max(flights) as flights from (${RANKED})
    where place = (9 * flights + 9) / 10 group by bucket`,
};
