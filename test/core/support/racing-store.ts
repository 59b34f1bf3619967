import type { KeyvAdapterLike } from '../../../packages/core/src/store/index.js';
import type { Race } from './race.js';

/** A store whose operations take effect, and are answered, when the schedule of a race says so. */
export interface RacingStore extends KeyvAdapterLike {
  readonly data: Map<string, unknown>;
  /** Operations that have taken effect, or will. */
  readonly asked: number;
}

/** Makes one, over a Map. Each operation has one instant at which it takes effect, as with one server. */
export function racingStore(race: Race, data: Map<string, unknown> = new Map()): RacingStore {
  let asked = 0;

  async function operate<T>(what: string, effect: () => T): Promise<T> {
    asked += 1;
    await race.moment(what);
    const answer = effect();
    await race.moment(`the answer to: ${what}`);
    return answer;
  }

  return {
    data,
    get asked() {
      return asked;
    },
    get: (key) => operate(`get ${key}`, () => data.get(key)),
    getMany: (keys) => operate(`get ${keys.join(', ')}`, () => keys.map((key) => data.get(key))),
    set: (key, value) => operate(`set ${key}`, () => void data.set(key, value)),
    delete: (key) => operate(`delete ${key}`, () => data.delete(key)),
  };
}
