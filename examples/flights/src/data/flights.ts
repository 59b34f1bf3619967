import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseCsv } from './csv.js';

/** Every flight of the first table: what the questions by hour and by distance count. */
export const ALL_FLIGHTS = 'flights-200k.json';

/** Flights with an airport of departure: fewer, but all that the package has. */
export const FLIGHTS_WITH_ORIGIN = 'flights-20k.json';

/** One flight of `flights-200k.json`: delay in minutes (negative is early), distance in miles, time in decimal hours. */
export interface Flight {
  readonly delay: number;
  readonly distance: number;
  readonly time: number;
}

/** One flight of `flights-20k.json`: `date` reads `2001/01/01 00:47`. */
export interface RoutedFlight {
  readonly date: string;
  readonly delay: number;
  readonly distance: number;
  readonly origin: string;
  readonly destination: string;
}

/** One line of `airports.csv`. */
export interface AirportLine {
  readonly iata: string;
  readonly name: string;
  readonly city: string;
  readonly state: string;
}

/** Reads the 200,000 flights. */
export function readFlights(): readonly Flight[] {
  return readJson(ALL_FLIGHTS) as Flight[];
}

/** Reads the 20,000 flights that name their airports. */
export function readRoutedFlights(): readonly RoutedFlight[] {
  return readJson(FLIGHTS_WITH_ORIGIN) as RoutedFlight[];
}

/** Reads every airport of the United States. */
export function readAirports(): readonly AirportLine[] {
  return parseCsv(readText('airports.csv')).map(({ iata = '', name = '', city = '', state = '' }) => ({
    iata,
    name,
    city,
    state,
  }));
}

/** Names the data set in the version that is installed: what was counted in another one is not an answer. */
export function dataEdition(): string {
  const { version } = JSON.parse(readFileSync(packageFile('package.json'), 'utf8')) as { readonly version: string };
  return `vega-datasets ${version}`;
}

/** What the files hold is the package's promise: its version is pinned, and the tests count them on their own. */
function readJson(file: string): unknown {
  return JSON.parse(readText(file));
}

function readText(file: string): string {
  return readFileSync(packageFile(`data/${file}`), 'utf8');
}

/** The package exports its code only; its data lies beside it. */
function packageFile(path: string): string {
  return fileURLToPath(new URL(`../${path}`, import.meta.resolve('vega-datasets')));
}
