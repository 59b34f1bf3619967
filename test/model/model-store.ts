import type { KeyvAdapterLike } from '../../packages/core/src/store/index.js';

/** Something that can happen next. */
export interface Choice {
  /** The same in every play that has come to the same state. */
  readonly name: string;
  /** Whether it is one of the things that go wrong, of which a play has a limited number. */
  readonly fault: boolean;
  take(): void | Promise<void>;
}

/** What may go wrong with an operation of a model store. */
export type Fault = 'refuse' | 'lose answer' | 'late' | 'twice';

/** What one model store is like. */
export interface ModelStoreOptions {
  /** Keys whose operations take effect one by one, in every order; those of others at once. */
  readonly races: (key: string) => boolean;
  /** Those of other keys that may be written all the same; none by default. */
  readonly atOnce?: ((key: string) => boolean) | undefined;
  readonly faults: readonly Fault[];
  /** Keys whose writes may land twice before they are acknowledged; none by default. */
  readonly resent?: ((key: string) => boolean) | undefined;
}

/** What an operation waits for: its parts (the keys of a `getMany`) take effect each at its own moment. */
interface Waiting {
  readonly id: string;
  readonly choices: () => readonly Choice[];
  /** How far it has come. */
  readonly state: () => string;
}

/**
 * One store of several processes, in which every operation takes effect when an explorer says so. A `getMany` reads
 * each of its keys at a moment of its own. It keeps, for each process, the history of all that this process was
 * answered: a process that is deterministic is in the same state whenever its history is the same.
 */
export class ModelStore {
  readonly data: Map<string, string> = new Map<string, string>();
  /** While false, everything takes effect at once, and nothing is recorded. */
  held = false;
  readonly #options: ModelStoreOptions;
  readonly #waiting = new Map<string, Waiting>();
  readonly #histories = new Map<string, string[]>();
  readonly #asked = new Map<string, number>();
  /** Values by what they are called: the n-th that a process wrote. Tokens are random, names are not. */
  readonly #names = new Map<string, string>();
  /** How long each key lives, by the store's clock, in milliseconds. */
  readonly #lives = new Map<string, number>();
  readonly #ended = new Set<string>();

  constructor(options: ModelStoreOptions) {
    this.#options = options;
  }

  /** Notes what a process has learned or done. */
  note(process: string, what: string): void {
    if (this.held) this.#historyOf(process).push(what);
  }

  /** Has a process wait until the explorer lets it go on. */
  gate(process: string, name: string): Promise<void> {
    return new Promise((resolve) => {
      this.#wait(name, () => [
        this.#choice(name, () => {
          this.note(process, name);
          resolve();
        }),
      ]);
    });
  }

  /** All that can happen next with what is under way. */
  choices(): readonly Choice[] {
    return [...this.#waiting.values()].flatMap(({ choices }) => choices());
  }

  /** Whether a process waits for an answer. */
  isAsked(process: string): boolean {
    return [...this.#waiting.keys()].some((id) => id.startsWith(`${process}?`));
  }

  /** The whole state, as a text: what is stored, what is under way, and what each process has been answered. */
  state(): string {
    const stored = [...this.data].filter(([key]) => this.#options.races(key));
    const data = stored.map(([key, value]) => `${key}=${this.#name(value)}`);
    const waiting = [...this.#waiting.values()].map(({ id, state }) => `${id} ${state()}`);
    const histories = [...this.#histories].map(([process, history]) => JSON.stringify([process, history]));
    return JSON.stringify([data.sort(), waiting.sort(), histories.sort()]);
  }

  /** Takes a key away, as a store does that is short of memory. */
  evict(key: string): void {
    this.data.delete(key);
  }

  /** Takes away what lives no longer than this; not entries, which a store may keep for as long as it likes. */
  endLives(elapsed: number): void {
    for (const [key, life] of this.#lives) if (life <= elapsed && !key.includes('/e/')) this.data.delete(key);
  }

  /** A process ends: what it has sent may still take effect, and it hears of nothing any more. */
  endProcess(process: string): void {
    this.#ended.add(process);
    // Reads, and what it was about to begin.
    const gone = new RegExp(`^${process}(?:\\?\\d+$|\\d)`);
    for (const id of this.#waiting.keys()) if (gone.test(id)) this.#waiting.delete(id);
  }

  /** The store as one process sees it. */
  of(process: string): KeyvAdapterLike {
    const getMany = (keys: readonly string[]): Promise<(string | undefined)[]> => this.#read(process, keys);
    return {
      getMany,
      get: async (key) => (await getMany([key]))[0],
      set: (key, text, life = Infinity) => {
        if (this.held && !this.#names.has(text)) this.#names.set(text, this.#next(process, 'value'));
        return this.#write(process, `set ${key} ${this.#name(text)}`, key, () => {
          this.data.set(key, text);
          this.#lives.set(key, life);
        });
      },
      delete: (key) => this.#write(process, `delete ${key}`, key, () => void this.data.delete(key)),
    };
  }

  #read(process: string, keys: readonly string[]): Promise<(string | undefined)[]> {
    const races = this.held ? keys.filter(this.#options.races) : [];
    const values = new Map(keys.map((key) => [key, this.data.get(key)]));
    if (races.length === 0) return Promise.resolve(keys.map((key) => values.get(key)));
    const unread = new Set(races);
    const id = this.#next(process, '?');
    const seen = (): string =>
      races.map((key) => (unread.has(key) ? `${key}?` : `${key}=${this.#name(values.get(key))}`)).join(' ');
    return new Promise((resolve) => {
      const readOne = (key: string): void => {
        unread.delete(key);
        values.set(key, this.data.get(key));
        if (unread.size > 0) return;
        this.#waiting.delete(id);
        this.note(process, `${id} ${seen()}`);
        resolve(keys.map((key) => values.get(key)));
      };
      this.#waiting.set(id, {
        id,
        state: seen,
        choices: () =>
          [...unread].map((key) => ({ name: `${id} reads ${key}`, fault: false, take: () => readOne(key) })),
      });
    });
  }

  #write(process: string, what: string, key: string, effect: () => void): Promise<boolean> {
    if (!this.held || this.#options.atOnce?.(key) === true) {
      effect();
      return Promise.resolve(true);
    }
    if (!this.#options.races(key)) throw new Error(`${process} writes ${key}, which the scenario takes for settled`);
    const id = `${this.#next(process, '?')} ${what}`;
    return new Promise((resolve, reject) => {
      const end = (how: 'done' | 'failed'): void => {
        if (this.#ended.has(process)) return;
        this.note(process, `${id} ${how}`);
        if (how === 'done') resolve(true);
        else reject(new Error('connection lost'));
      };
      const land = (): void => {
        effect();
        end('done');
      };
      const faults: Readonly<Record<Fault, () => void>> = {
        refuse: () => end('failed'),
        'lose answer'() {
          effect();
          end('failed');
        },
        late: () => {
          end('failed');
          this.#wait(`late ${id}`, () => [this.#choice(`late ${id}`, effect)]);
        },
        // As a client does that sends again what was under way when its connection broke.
        twice: () => {
          effect();
          this.#wait(`again ${id}`, () => [this.#choice(`again ${id}`, land)]);
        },
      };
      const resent = this.#options.resent ?? ((): boolean => false);
      const possible = this.#options.faults.filter((fault) => fault !== 'twice' || resent(key));
      this.#wait(id, () => [
        this.#choice(id, land),
        ...possible.map((fault) => this.#choice(id, faults[fault], fault)),
      ]);
    });
  }

  #wait(id: string, choices: () => readonly Choice[]): void {
    this.#waiting.set(id, { id, state: () => '', choices });
  }

  /** Something that ends the wait of this id. */
  #choice(id: string, effect: () => void, fault?: Fault): Choice {
    const take = (): void => {
      this.#waiting.delete(id);
      effect();
    };
    return { name: fault === undefined ? id : `${id} (${fault})`, fault: fault !== undefined, take };
  }

  #next(process: string, kind: string): string {
    const count = (this.#asked.get(process + kind) ?? 0) + 1;
    this.#asked.set(process + kind, count);
    return `${process}${kind}${count}`;
  }

  #name(value: string | undefined): string {
    return value === undefined ? 'none' : (this.#names.get(value) ?? 'old');
  }

  #historyOf(process: string): string[] {
    const known = this.#histories.get(process) ?? [];
    this.#histories.set(process, known);
    return known;
  }
}
