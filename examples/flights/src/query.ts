import type { FlightQuery, Question, Statistic } from './wire.js';

/** Query parameters as every framework can give them: the text of each, or nothing. */
export type QueryParameters = Readonly<Record<string, unknown>>;

/** Something that the person at the page can mend; the message says how. */
export class BadRequest extends Error {
  override readonly name = 'BadRequest';
}

/** Longer than every flight of the data set. */
export const LONGEST_DISTANCE = 5_000;

const QUESTIONS: Readonly<Record<string, Question>> = {
  'by-hour': 'byHour',
  'by-distance': 'byDistance',
  'by-origin': 'byOrigin',
};
const STATISTICS: readonly Statistic[] = ['mean', 'median', 'p90', 'count'];
const PARAMETERS: readonly string[] = ['statistic', 'minDistance', 'maxDistance', 'fromHour', 'toHour', 'origin'];

/** Reads the last part of a path such as `/api/delays/by-hour`. */
export function parseQuestion(text: string): Question {
  const question = Object.hasOwn(QUESTIONS, text) ? QUESTIONS[text] : undefined;
  if (question === undefined) {
    throw new BadRequest(`There is no question '${text}': ask ${Object.keys(QUESTIONS).join(', ')}.`);
  }
  return question;
}

/** Checks the parameters and fills in the defaults, so that equal questions are equal arguments. */
export function parseQuery(question: Question, parameters: QueryParameters): FlightQuery {
  const unknown = Object.keys(parameters).find((name) => !PARAMETERS.includes(name));
  if (unknown !== undefined) {
    throw new BadRequest(`There is no parameter '${unknown}': use ${PARAMETERS.join(', ')}.`);
  }
  const query: FlightQuery = {
    statistic: parseStatistic(textOf(parameters, 'statistic')),
    minDistance: parseWhole(parameters, 'minDistance', 0, 0, LONGEST_DISTANCE),
    maxDistance: parseWhole(parameters, 'maxDistance', LONGEST_DISTANCE, 0, LONGEST_DISTANCE),
    fromHour: parseWhole(parameters, 'fromHour', 0, 0, 23),
    toHour: parseWhole(parameters, 'toHour', 24, 1, 24),
    origin: parseOrigin(question, textOf(parameters, 'origin')),
  };
  if (query.minDistance > query.maxDistance) {
    throw new BadRequest(
      `minDistance (${query.minDistance}) must not be above maxDistance (${query.maxDistance}): swap the two.`,
    );
  }
  if (query.fromHour >= query.toHour) {
    throw new BadRequest(`fromHour (${query.fromHour}) must be below toHour (${query.toHour}): choose a later end.`);
  }
  return query;
}

/** An absent parameter and an empty one (a form field left blank) both mean the default. */
function textOf(parameters: QueryParameters, name: string): string | undefined {
  const value = parameters[name];
  if (value === undefined || value === '') return undefined;
  if (typeof value !== 'string') throw new BadRequest(`${name} was given more than once: give it once.`);
  return value;
}

function parseStatistic(text: string | undefined): Statistic {
  const statistic = STATISTICS.find((known) => known === (text ?? 'mean'));
  if (statistic === undefined) {
    throw new BadRequest(`statistic must be one of ${STATISTICS.join(', ')}, not '${text}'.`);
  }
  return statistic;
}

function parseWhole(parameters: QueryParameters, name: string, fallback: number, low: number, high: number): number {
  const text = textOf(parameters, name);
  if (text === undefined) return fallback;
  const value = /^\d{1,6}$/u.test(text) ? Number(text) : Number.NaN;
  if (!(value >= low && value <= high)) {
    throw new BadRequest(`${name} must be a whole number from ${low} to ${high}, not '${text}'.`);
  }
  return value;
}

function parseOrigin(question: Question, text: string | undefined): string | null {
  if (text === undefined) return null;
  if (question === 'byOrigin') {
    throw new BadRequest('by-origin compares airports: leave out origin, or ask by-hour or by-distance.');
  }
  if (!/^[A-Za-z0-9]{3}$/u.test(text)) {
    throw new BadRequest(`origin must be the three-letter code of an airport, such as ATL, not '${text}'.`);
  }
  return text.toUpperCase();
}
