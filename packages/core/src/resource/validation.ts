import { resourceAsksForItself } from '../errors/index.js';
import { FlightTable } from '../run/flight-table.js';
import { newFlight } from './resource-flight.js';
import type { KeyedCall } from '../run/late-arguments.js';
import { currentRun, runWithin } from '../run/run-context.js';
import type { Patience } from './patience.js';
import type { ResourceParts } from './resource-parts.js';

/**
 * Asks whether a resource is still good. Each question is a run of its own, with one caller: so that one which would wait
 * for itself is found out, and its code knows whom it belongs to.
 */
export class Validation {
  readonly #parts: ResourceParts;
  readonly #validate: (...args: never) => unknown;
  /** Nobody joins a question: the table says which runs are questions of this function. */
  readonly #questions: FlightTable<boolean>;

  constructor(parts: ResourceParts, validate: (...args: never) => unknown) {
    this.#parts = parts;
    this.#validate = validate;
    this.#questions = new FlightTable<boolean>(parts.flights.flightTimeout, nobodyIsTold);
  }

  /** Refuses a call that is made by the question about its own resource: it would ask it again, without end. */
  checkNotInside(key: string): void {
    const { report } = this.#parts;
    if (this.#questions.runsInside(currentRun(), key)) throw resourceAsksForItself(report.fn, 'validate');
  }

  /** What `validate` says; what it throws is a rejection. */
  ask({ key, self, args }: KeyedCall, resource: unknown, patience: Patience): Promise<boolean> {
    const { host, report } = this.#parts;
    const { clock } = host.settings;
    const question = newFlight<boolean>({ table: this.#questions, fn: report.fn, key, cache: host, clock });
    const validate = (): unknown => Reflect.apply(this.#validate, self, [resource, ...args]);
    question.begin(async () => Boolean(await runWithin(question, validate)));
    return question.wait({ fn: report.fn, ...patience, onDeserted: () => question.abort() });
  }
}

function nobodyIsTold(): void {
  // A question has one caller, who knows that they have left.
}
