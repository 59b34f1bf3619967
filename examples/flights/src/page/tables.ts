import type { Answer, AskReply, StatsReply } from '../wire.js';
import { byId, make, makeRow } from './dom.js';
import { amount, bytes, count, duration, filtersOf, shortTitle, titleOf } from './words.js';

/** The most answers that the list remembers. */
const LONGEST_LOG = 8;

/** Shows the counters of every function, and where the database stands. */
export function showStats({ functions, database }: StatsReply): void {
  const rows = functions.map((row) =>
    makeRow(row.name, [
      count(row.hits),
      count(row.misses),
      count(row.joins),
      count(row.entries),
      row.bytes === 0 ? '–' : bytes(row.bytes),
    ]),
  );
  byId('stats', HTMLTableElement).tBodies[0]?.replaceChildren(...rows);
  const chip = byId('database', HTMLElement);
  chip.dataset['state'] = database.state;
  chip.textContent =
    database.state === 'loading'
      ? `Database loading, ${Math.floor((100 * database.loaded) / Math.max(1, database.total))} %`
      : `Database ${database.state}`;
}

/** Shows the numbers of the chart as a table. */
export function showNumbers({ question, query, unit, buckets }: Answer): void {
  const heading = { byHour: 'Hour', byDistance: 'Distance, miles', byOrigin: 'Airport' }[question];
  const columns = unit === 'flights' ? [heading, 'Flights'] : [heading, titleOf(question, query.statistic), 'Flights'];
  const head = make('thead');
  const row = make('tr');
  for (const text of columns) {
    const cell = make('th', '', text);
    cell.scope = 'col';
    row.append(cell);
  }
  head.append(row);
  const body = make('tbody');
  body.append(
    ...buckets.map((bucket) =>
      makeRow(bucket.label, [...(unit === 'flights' ? [] : [amount(bucket.value, unit)]), count(bucket.flights)]),
    ),
  );
  byId('numbers', HTMLTableElement).replaceChildren(head, body);
}

/** Puts an answer at the head of the list. */
export function logAnswer({ outcome, took, answer }: AskReply): void {
  const list = byId('log', HTMLOListElement);
  const item = make('li');
  const filters = filtersOf(answer.query);
  const what = make('span', 'what', shortTitle(answer.question, answer.query.statistic));
  if (filters !== '') what.append(make('small', '', filters));
  item.append(make('b', `badge small ${outcome}`, outcome.toUpperCase()), what, make('span', 'when', duration(took)));
  list.prepend(item);
  while (list.children.length > LONGEST_LOG) list.lastElementChild?.remove();
  byId('log-empty', HTMLElement).hidden = true;
}
