import type { CacheHost } from '../host.js';
import type {
  Explanation,
  FailureExplanation,
  MemoryExplanation,
  RunExplanation,
  StoreExplanation,
  ValueExplanation,
} from './explanation.js';

type Found = Omit<Explanation, 'next' | 'summary'>;

/**
 * What was found out, with what follows from it: how a call would be answered, and all of it in words. `asksStore`:
 * whether a call asks the store, which may have something stale, before it is answered with a failure that is kept.
 */
export function conclude(host: CacheHost, found: Found, asksStore = false): Explanation {
  const isOff = !host.settings.enabled || host.closed;
  const next = isOff ? 'miss' : nextOf(found, asksStore);
  const words = [
    `${found.fn} ${found.key.text}: a call now is a ${next}.`,
    isOff ? `The cache is ${host.closed ? 'closed' : 'switched off'}.` : undefined,
    ofMemory(found.memory),
    found.store && ofStore(found.store),
    found.run && ofRun(found.run),
    found.failure && ofFailure(found.failure),
    found.lastMiss && `The last miss: ${found.lastMiss}.`,
  ];
  return { summary: words.filter((each) => each !== undefined).join(' '), next, ...found };
}

function nextOf({ memory, store, run, failure }: Found, asksStore: boolean): Explanation['next'] {
  if (memory.state === 'fresh') return 'hit';
  if (memory.state === 'stale') return 'stale';
  if (failure !== undefined) return nextAfter(memory, asksStore ? store : undefined, run);
  if (run?.joinable === true) return 'join';
  return store?.state === 'fresh' ? 'hit' : store?.state === 'stale' ? 'stale' : 'miss';
}

/** While a failure is kept; where the store is asked, it may have something better. */
function nextAfter(memory: Found['memory'], store: Found['store'], run: Found['run']): Explanation['next'] {
  if (memory.state === 'fallback') return 'stale';
  if (store !== undefined && run?.joinable === true) return 'join';
  return store?.state === 'stale' || store?.state === 'fallback' ? 'stale' : 'hit';
}

function ofMemory(memory: MemoryExplanation): string {
  switch (memory.state) {
    case 'none':
      return memory.gone === undefined ? 'Memory has nothing.' : `Memory has nothing (${memory.gone}).`;
    case 'invalidated':
      return `Memory has what the tag ${quoted(memory.invalidated)} has invalidated, ${ageOf(memory)}.`;
    case 'memory-ttl':
      return `Memory has what it does not trust any more without the store, ${ageOf(memory)}.`;
    case 'fresh':
    case 'stale':
    case 'fallback':
    case 'expired':
      return `Memory has it ${memory.state}, ${ageOf(memory)}${lifeOf(memory, memory.state)}.`;
  }
}

function ofStore(store: StoreExplanation): string {
  switch (store.state) {
    case 'down':
      return 'The store does not answer.';
    case 'none':
      return `The store has nothing${store.deleted ? ': it was deleted within the hour' : ''}.`;
    case 'damaged':
      return `The store has something else: ${store.why}.`;
    case 'invalidated': {
      const { fence, tag, lost } = store.by;
      const what = tag === undefined ? `the ${fence}` : `the tag ${quoted([tag])}`;
      return `The store has it, ${ageOf(store)}, but ${lost ? `cannot tell whether ${what} still holds` : `${what} was invalidated`}.`;
    }
    case 'fresh':
    case 'stale':
    case 'fallback':
    case 'expired':
      return `The store has it ${store.state}, ${ageOf(store)}${lifeOf(store, store.state)}.`;
  }
}

function ofRun({ age, phase, waiting, joinable }: RunExplanation): string {
  const what = phase === 'store' ? 'The store is being asked' : 'It is being computed';
  const who = `${waiting} ${waiting === 1 ? 'caller waits' : 'callers wait'}`;
  return `${what} for ${lengthOf(age)}, and ${who}${joinable ? '' : '; a call now does not join'}.`;
}

function ofFailure({ age, keptFor }: FailureExplanation): string {
  return `A failure is kept, ${lengthOf(age)} old, for ${lengthOf(keptFor)} more.`;
}

function ageOf({ age }: ValueExplanation): string {
  return `${lengthOf(age)} old`;
}

function lifeOf(value: ValueExplanation, state: 'fresh' | 'stale' | 'fallback' | 'expired'): string {
  switch (state) {
    case 'fresh':
      return value.freshFor === undefined ? ' and for ever' : `, for ${lengthOf(value.freshFor)} more`;
    case 'stale':
      return `, for ${lengthOf(value.staleWhileRevalidateFor ?? 0)} more`;
    case 'fallback':
      return ` should computing fail, for ${lengthOf(value.staleIfErrorFor ?? 0)} more`;
    case 'expired':
      return '';
  }
}

function quoted(tags: readonly string[]): string {
  return tags.map((tag) => JSON.stringify(tag)).join(', ');
}

const UNITS = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1000, 's'],
] as const;

/** A length of time in its largest unit, to one decimal. */
function lengthOf(ms: number): string {
  const [size, unit] = UNITS.find(([size]) => ms >= size) ?? [1, 'ms'];
  return `${Math.round((ms / size) * 10) / 10} ${unit}`;
}
