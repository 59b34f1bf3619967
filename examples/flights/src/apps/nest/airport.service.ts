import { CacheData } from '@millpond/nest';
import { Inject, Injectable } from '@nestjs/common';
import type { Answers } from '../../answers.js';
import type { Airport } from '../../wire.js';

/** What the three servers share, as Nest injects it. */
export const ANSWERS: unique symbol = Symbol('the answers of the demo');

/** The list of airports, as a provider of Nest. */
@Injectable()
export class AirportService {
  readonly #answers: Answers;

  constructor(@Inject(ANSWERS) answers: Answers) {
    this.#answers = answers;
  }

  /** In memory only: the airports themselves are on disk. */
  @CacheData({ name: 'airports, Nest', ttl: '1m', store: false })
  async list(): Promise<readonly Airport[]> {
    return this.#answers.airports();
  }
}
