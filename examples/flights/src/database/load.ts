import type { Database } from 'libsql';
import { readAirports, readFlights, readRoutedFlights } from '../data/flights.js';
import { hourOfDate, hourOfTime } from '../data/hours.js';
import type { SqlValue } from './messages.js';

/** Change it when the tables change: a database of another layout is loaded anew. */
const LAYOUT = 'tables 1';

/** Rows between two looks at the mailbox of the thread, so that closing does not wait for the end of the load. */
const BATCH = 5_000;

const TABLES = `
  drop table if exists edition;
  drop table if exists flight;
  drop table if exists routed_flight;
  drop table if exists airport;
  create table edition (name text not null);
  create table flight (delay integer not null, distance integer not null, hour integer not null);
  create table routed_flight (
    delay integer not null, distance integer not null, hour integer not null, origin text not null
  );
  create table airport (code text primary key, name text not null, city text not null);
`;

/** What the load tells, and what it asks for. */
export interface LoadOptions {
  readonly edition: string;
  readonly onProgress: (loaded: number, total: number) => void;
  /** Resolves after pending messages were heard; true means give up. */
  readonly pause: () => Promise<boolean>;
}

/**
 * Fills the database unless it holds this edition already; answers false when it was told to give up. All of it is
 * one transaction: a load that did not finish leaves nothing behind.
 */
export async function loadFlights(database: Database, options: LoadOptions): Promise<boolean> {
  const edition = `${options.edition}, ${LAYOUT}`;
  if (readEdition(database) === edition) return true;
  // Takes the right to write before it looks again: another process may have been loading until now.
  database.exec('begin immediate');
  try {
    const done = readEdition(database) === edition || (await fill(database, edition, options));
    database.exec(done ? 'commit' : 'rollback');
    return done;
  } catch (error) {
    database.exec('rollback');
    throw error;
  }
}

function readEdition(database: Database): string | undefined {
  const table = database.prepare("select name from sqlite_schema where type = 'table' and name = 'edition'").all();
  if (table.length === 0) return undefined;
  const [row] = database.prepare('select name from edition').all() as { readonly name: string }[];
  return row?.name;
}

async function fill(database: Database, edition: string, { onProgress, pause }: LoadOptions): Promise<boolean> {
  const parts = [
    { into: 'flight values (?, ?, ?)', rows: flightRows() },
    { into: 'routed_flight values (?, ?, ?, ?)', rows: routedFlightRows() },
    { into: 'airport values (?, ?, ?)', rows: airportRows() },
  ];
  const total = parts.reduce((sum, { rows }) => sum + rows.length, 0);
  let loaded = 0;
  database.exec(TABLES);
  for (const { into, rows } of parts) {
    const insert = database.prepare(`insert into ${into}`);
    for (let start = 0; start < rows.length; start += BATCH) {
      const batch = rows.slice(start, start + BATCH);
      for (const row of batch) insert.run(...row);
      loaded += batch.length;
      onProgress(loaded, total);
      if (await pause()) return false;
    }
  }
  database.prepare('insert into edition values (?)').run(edition);
  return true;
}

function flightRows(): SqlValue[][] {
  return readFlights().map(({ delay, distance, time }) => [delay, distance, hourOfTime(time)]);
}

function routedFlightRows(): SqlValue[][] {
  return readRoutedFlights().map(({ delay, distance, date, origin }) => [delay, distance, hourOfDate(date), origin]);
}

function airportRows(): SqlValue[][] {
  return readAirports().map(({ iata, name, city, state }) => [iata, name, state === '' ? city : `${city}, ${state}`]);
}
