import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ask, send } from './support/ask.js';
import { buildDemo } from './support/build.js';
import {
  allFlights,
  countBy,
  flightsWithOrigin,
  type CountedFlight,
  type CountedStatistic,
  type Group,
} from './support/count.js';
import { createPlace, SERVERS, type Demo, type DemoPlace } from './support/demo.js';

const STATISTICS: readonly CountedStatistic[] = ['mean', 'median', 'p90', 'count'];
const STEP = 250;
const byHour = ({ hour }: CountedFlight): number => hour;
const byDistance = ({ distance }: CountedFlight): number => Math.trunc(distance / STEP) * STEP;
const byOrigin = ({ origin }: CountedFlight): string => origin ?? '';

let place: DemoPlace;
let demo: Demo;

beforeAll(async () => {
  await buildDemo();
  place = await createPlace();
  demo = await place.start();
});
afterAll(() => place.clean());

/** A mean adds up in another order in SQL than here; all else is exact. */
function expectSame(answered: readonly Group[], counted: readonly Group[]): void {
  expect(answered.map(({ start, flights }) => ({ start, flights }))).toEqual(
    counted.map(({ start, flights }) => ({ start, flights })),
  );
  answered.forEach(({ value }, index) => expect(value).toBeCloseTo(counted[index]?.value ?? Number.NaN, 9));
}

describe('the numbers are those that the data set has, counted on its own', () => {
  const flights = allFlights();
  const routed = flightsWithOrigin();

  describe.each(SERVERS)('on %s', (server) => {
    test.each(STATISTICS)('%s by hour', async (statistic) => {
      const { answer } = await ask(demo.urls[server], `by-hour?statistic=${statistic}`);
      expect(answer).toMatchObject({ flights: 200_000, source: 'flights-200k.json' });
      expectSame(answer.buckets, countBy(flights, statistic, byHour));
    });

    test.each(STATISTICS)('%s by distance', async (statistic) => {
      const { answer } = await ask(demo.urls[server], `by-distance?statistic=${statistic}`);
      expect(answer.flights).toBe(200_000);
      expectSame(answer.buckets, countBy(flights, statistic, byDistance));
    });

    test.each(STATISTICS)('%s by airport: the twenty with the most flights, the highest first', async (statistic) => {
      const { answer } = await ask(demo.urls[server], `by-origin?statistic=${statistic}`);
      const busiest = countBy(routed, statistic, byOrigin)
        .toSorted((a, b) => b.flights - a.flights)
        .slice(0, 20);
      expect(answer.source).toBe('flights-20k.json');
      expectSame(
        answer.buckets.toSorted((a, b) => (a.start < b.start ? -1 : 1)),
        busiest.toSorted((a, b) => (a.start < b.start ? -1 : 1)),
      );
      const values = answer.buckets.map(({ value }) => value);
      expect(values).toEqual(values.toSorted((a, b) => b - a));
    });
  });

  test('the airports are those that flights leave from, with their names', async () => {
    const { body } = await send<{ code: string; city: string; flights: number }[]>(demo.urls.Express, '/api/airports');
    const counted = countBy(routed, 'count', byOrigin);
    const byCode = new Map(body.map(({ code, flights }) => [code, flights]));
    expect(byCode).toEqual(new Map(counted.map(({ start, flights }) => [start, flights])));
    expect(body.find(({ code }) => code === 'ATL')?.city).toBe('Atlanta, GA');
    // A line of airports.csv whose name is in quotation marks, since it has a comma.
    expect(body.find(({ code }) => code === 'BTR')).toMatchObject({ name: 'Baton Rouge Metropolitan, Ryan' });
  });
});

describe('the parameters', () => {
  const flights = allFlights();
  const routed = flightsWithOrigin();

  test('a range of distances has both of its ends', async () => {
    const { answer } = await ask(demo.urls.Nest, 'by-hour?statistic=median&minDistance=200&maxDistance=596');
    const counted = flights.filter(({ distance }) => distance >= 200 && distance <= 596);
    expect(answer.flights).toBe(counted.length);
    expectSame(answer.buckets, countBy(counted, 'median', byHour));
  });

  test('a range of hours has its first and not its last', async () => {
    const { answer } = await ask(demo.urls.Fastify, 'by-distance?statistic=p90&fromHour=6&toHour=9');
    const counted = flights.filter(({ hour }) => hour >= 6 && hour < 9);
    expect(answer.flights).toBe(counted.length);
    expectSame(answer.buckets, countBy(counted, 'p90', byDistance));
  });

  test('an airport narrows the question to the flights that name theirs', async () => {
    const { answer } = await ask(demo.urls.Express, 'by-hour?origin=atl');
    const counted = routed.filter(({ origin }) => origin === 'ATL');
    expect(answer).toMatchObject({ flights: counted.length, source: 'flights-20k.json' });
    expectSame(answer.buckets, countBy(counted, 'mean', byHour));
  });

  test('what no flight matches is an empty answer, not an error', async () => {
    const { answer } = await ask(demo.urls.Nest, 'by-hour?minDistance=4999');
    expect(answer).toMatchObject({ flights: 0, buckets: [] });
  });

  test('a value is bound, not read as SQL', async () => {
    const { status } = await send(demo.urls.Fastify, `/api/delays/by-hour?origin=${encodeURIComponent("' or 1")}`);
    expect(status).toBe(400);
  });
});

describe.each(SERVERS)('a wrong question on %s is told with its cure', (server) => {
  test.each([
    ['by-moon', "There is no question 'by-moon': ask by-hour, by-distance, by-origin."],
    ['by-hour?statistic=mode', "statistic must be one of mean, median, p90, count, not 'mode'."],
    ['by-hour?minDistance=-1', "minDistance must be a whole number from 0 to 5000, not '-1'."],
    ['by-hour?maxDistance=1e3', "maxDistance must be a whole number from 0 to 5000, not '1e3'."],
    ['by-hour?minDistance=900&maxDistance=100', 'minDistance (900) must not be above maxDistance (100): swap the two.'],
    ['by-hour?fromHour=24', "fromHour must be a whole number from 0 to 23, not '24'."],
    ['by-hour?fromHour=9&toHour=9', 'fromHour (9) must be below toHour (9): choose a later end.'],
    ['by-hour?origin=Atlanta', "origin must be the three-letter code of an airport, such as ATL, not 'Atlanta'."],
    ['by-origin?origin=ATL', 'by-origin compares airports: leave out origin, or ask by-hour or by-distance.'],
    ['by-hour?toHour=3&toHour=4', 'toHour was given more than once: give it once.'],
    [
      'by-hour?colour=red',
      "There is no parameter 'colour': use statistic, minDistance, maxDistance, fromHour, toHour, origin.",
    ],
  ])('%s', async (question, error) => {
    const { status, body } = await send<{ error: string }>(demo.urls[server], `/api/delays/${question}`);
    expect({ status, body }).toEqual({ status: 400, body: { error } });
  });

  test('a path that is none', async () => {
    const { status, body } = await send<{ error: string }>(demo.urls[server], '/page/..%2fmain.js');
    expect(status).toBe(404);
    expect(body.error).toContain('There is nothing at GET /page/');
  });
});
