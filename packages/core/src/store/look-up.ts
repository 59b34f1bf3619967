import { withDeadline } from './deadline.js';
import {
  CallReading,
  examine,
  read,
  type Answer,
  type CallAnswer,
  type CallToExamine,
  type Examined,
} from './examine.js';
import { NOT_STORABLE, RunFences, standings } from './fences.js';
import type { FenceNames } from './fences.js';
import type { StoreContext } from './store-context.js';
import type {
  Begun,
  BrokenFence,
  Looker,
  StoredEntry,
  StoreInspection,
  StoreLookup,
  StoreMissReason,
} from './store-types.js';

/** What a look-up comes to: most often that is known as soon as the store has answered. */
export type Looked = StoreLookup | Promise<StoreLookup>;

/** Reads entry and fences at once, judges, and tells what came of it. */
export function lookUp(context: StoreContext, to: CallToExamine, looker: Looker): void {
  void new Look(context, to, looker);
}

/** The same for one who waits. */
export function lookUpFor(context: StoreContext, to: CallToExamine): Promise<StoreLookup> {
  const startedAt = context.options.clock.now();
  return new Promise((resolve) => lookUp(context, to, { startedAt, looked: resolve }));
}

/** A look-up, and what it comes to when an entry is found. */
class Look extends CallReading implements StoreLookup {
  found: StoredEntry | undefined;
  readonly branch: undefined = undefined;
  readonly reason = 'cold';
  readonly #looker: Looker;

  constructor(context: StoreContext, to: CallToExamine, looker: Looker) {
    super(context, to, looker.startedAt);
    this.#looker = looker;
  }

  /** Only for the run that follows when what was found will not do, which is rare. */
  get begun(): Begun {
    const { startedAt, stored, sentAt } = this;
    return new RunFences(startedAt, this.to.names, standings(this.context.tokens, stored, sentAt));
  }

  protected done(isAnswered: boolean): void {
    this.#looker.looked(isAnswered ? this.#judged() : DOWN);
  }

  #judged(): Looked {
    const { context, to, stored } = this;
    to.fn.callFences.mend(stored.get(to.names.shared.note));
    const examined = examine(context, to, this);
    return examined instanceof Promise ? examined.then((known) => this.#concluded(known)) : this.#concluded(examined);
  }

  #concluded(examined: Examined): Looked {
    if (examined.state !== 'found') return withoutEntry(this.context, this.to, this, examined);
    this.found = examined.entry;
    return this;
  }
}

const DOWN: StoreLookup = { found: undefined, branch: undefined, reason: 'store-down', begun: NOT_STORABLE };

async function withoutEntry(
  context: StoreContext,
  { key, call, names, fn }: CallToExamine,
  answer: Answer,
  examined: Exclude<Examined, { readonly state: 'found' }>,
): Promise<StoreLookup> {
  if (examined.state === 'damaged') fn.damaged(key, call, examined.why);
  const reason = reasonOf(examined);
  const branch = examined.state === 'branch' ? examined.input : undefined;
  return { found: undefined, branch, reason, begun: await complete(context, names, answer) };
}

function reasonOf(examined: Exclude<Examined, { readonly state: 'found' }>): StoreMissReason {
  switch (examined.state) {
    case 'none':
    case 'branch':
      return 'cold';
    case 'down':
      return 'store-down';
    case 'invalidated':
      return whatBroke(examined.by);
    case 'damaged':
    case 'expired':
      return examined.state;
  }
}

function whatBroke({ fence, lost }: BrokenFence): StoreMissReason {
  if (lost) return 'fence';
  switch (fence) {
    case 'cache':
    case 'function':
      return 'cleared';
    case 'call':
      return 'deleted';
    case 'tag':
      return 'tag';
    case 'unknown':
      return 'fence';
  }
}

class Inspection extends CallReading {
  readonly #resolve: (answer: CallAnswer | undefined) => void;

  constructor(context: StoreContext, to: CallToExamine, resolve: (answer: CallAnswer | undefined) => void) {
    super(context, to, context.options.clock.now());
    this.#resolve = resolve;
  }

  protected done(isAnswered: boolean): void {
    this.#resolve(isAnswered ? this : undefined);
  }
}

/** The same look, for one who wants to know only: nothing is told, deleted or made. */
export async function inspect(context: StoreContext, to: CallToExamine): Promise<StoreInspection> {
  const { call } = to;
  const answer = await new Promise<CallAnswer | undefined>((resolve) => void new Inspection(context, to, resolve));
  const key = call.entry;
  if (answer === undefined) return { key, state: 'down' };
  const examined = await examine(context, to, answer);
  if (examined.state === 'none') {
    const tombstone = standings(context.tokens, answer.stored, answer.sentAt)(call.tombstone);
    return { key, state: 'none', deleted: tombstone === 'contested' || tombstone.token !== undefined };
  }
  if (examined.state === 'down' || examined.state === 'damaged' || examined.state === 'branch')
    return { key, ...examined };
  const text = answer.stored.at(answer.place);
  return { key, ...examined, bytes: typeof text === 'string' ? Buffer.byteLength(text) : 0 };
}

/** Reads the fences alone. */
export async function beginRun(context: StoreContext, names: FenceNames): Promise<Begun> {
  const answer = await read(context, [...names.shared.needed, ...names.ofCall()]);
  return answer === undefined ? NOT_STORABLE : complete(context, names, answer);
}

/** Makes the tokens that are missing, and takes note of all. After `close` nothing is made, since nothing will be kept. */
async function complete(context: StoreContext, names: FenceNames, answer: Answer): Promise<Begun> {
  const { tokens } = context;
  const stands = standings(tokens, answer.stored, answer.sentAt);
  const missing = names.shared.needed.filter((name) => {
    const standing = stands(name);
    return standing !== 'contested' && standing.token === undefined;
  });
  if (missing.length === 0 || !context.isOpen()) return new RunFences(answer.startedAt, names, stands);
  const made = await secondStep(context, Promise.all(missing.map((name) => tokens.make(name, answer.sentAt))));
  const tokensMade = new Map(missing.map((name, place) => [name, made?.[place]]));
  const withMade = { get: (name: string) => (tokensMade.has(name) ? tokensMade.get(name) : answer.stored.get(name)) };
  return new RunFences(answer.startedAt, names, standings(tokens, withMade, answer.sentAt));
}

/** What the second step comes to; undefined when it takes longer than a read may. */
async function secondStep<T>({ options }: StoreContext, promise: Promise<T>): Promise<T | undefined> {
  const timely = await withDeadline(promise, options.readDeadline, options.clock, 'awaited');
  return timely.inTime ? timely.value : undefined;
}
