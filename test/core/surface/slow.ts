import { gate } from '../support/gate.js';
import type { Spec, Value } from './functions.js';
import { errorUntil, type Kept } from './kept.js';
import type { Model, Outcome } from './model.js';
import type { Drop } from './steps.js';
import { HARD, SOFT, type World } from './world.js';

/** A run that takes so many milliseconds; in the midst of it something is dropped, and somebody else calls. */
export interface Slow {
  readonly spec: Spec;
  readonly id: number;
  readonly args: readonly unknown[];
  readonly ms: number;
  readonly drop: Drop;
}

export async function playSlow(world: World, slow: Slow): Promise<void> {
  const { model, clock } = world;
  const { spec, id, ms, args } = slow;
  const { slow: call } = world.fn(spec.name);
  const door = gate();
  if (model.needsRun(spec, id)) world.gate = { name: spec.name, door };
  const wanted = expected(model, slow);
  const first = world.outcome(() => call(...args));
  await world.settle();
  await dropReally(world, slow);
  const second = world.outcome(() => call(...args));
  await world.settle();
  await clock.advance(ms);
  door.open();
  await world.settle();
  world.check(await first, wanted[0]);
  world.check(await second, wanted[1]);
}

async function dropReally(world: World, { spec, drop, args }: Slow): Promise<void> {
  const { load } = world.fn(spec.name);
  switch (drop) {
    case 'nothing':
      return;
    case 'another':
      await load.delete('another');
      return;
    case 'clear':
      await load.clear();
      return;
    case 'clearAll':
      await world.here.cache.clear();
      return;
    case 'refresh':
      await world.outcome(() => load.refresh(...args));
      return;
    case 'delete':
    case 'expire':
      await load[drop](...args);
  }
}

/** The same in the model; whether what was under way is outdated by it, or is not joined any more. */
function dropInModel(model: Model, { spec, id, drop }: Slow): { outdates: boolean; apart: boolean } {
  const key = `${spec.name} ${id}`;
  switch (drop) {
    case 'nothing':
    case 'another':
      return { outdates: false, apart: false };
    case 'refresh': {
      model.refresh(spec, id);
      const outdates = model.here.kept.get(key)?.value.version === model.version;
      return { outdates, apart: true };
    }
    case 'expire':
      model.expire(spec, id);
      break;
    case 'delete':
    case 'clear':
    case 'clearAll':
      if (drop === 'clearAll') model.clearAll();
      else model.drop((kept) => kept === key || (drop === 'clear' && kept.startsWith(`${spec.name} `)));
  }
  return { outdates: true, apart: true };
}

/** What the two callers get. */
function expected(model: Model, slow: Slow): readonly [Outcome, Outcome] {
  const { spec, id, ms } = slow;
  const start = model.now;
  if (model.needsRun(spec, id)) return aroundARun(model, slow);
  const first = model.call(spec, id);
  dropInModel(model, slow);
  const second = model.call(spec, id);
  model.now = start + ms;
  return [first, second];
}

/** The first waits for a run that takes its time, and so does the second, unless the drop keeps it from joining. */
function aroundARun(model: Model, slow: Slow): readonly [Outcome, Outcome] {
  const { spec, id, ms } = slow;
  const end = model.now + ms;
  const counts = model.countsOf(spec);
  const before = keptOf(model, slow);
  const finish = model.begin(spec, id, false);
  const { outdates, apart } = dropInModel(model, slow);
  const second = apart ? model.call(spec, id) : undefined;
  const callers = apart ? 1 : 2;
  counts.joins += callers - 1;
  const inTime = servedInTime(model, slow, before);
  model.now = end;
  // A run that began later, that of the second, keeps out what this one returns.
  const isOlder = second !== undefined && keptOf(model, slow)?.value.version === model.version;
  const made = finish(outdates || isOlder);
  const stale = inTime ?? (ms < HARD ? insteadOf(made, model, slow, before) : undefined);
  if (stale === undefined) counts.misses += 1;
  else counts.stale += callers;
  const first = stale ?? (ms < HARD ? told(made) : 'ERR_MILLPOND_TIMEOUT');
  return [first, second ?? first];
}

function insteadOf(made: Kept | string, ...at: Parameters<typeof instead>): Value | undefined {
  return typeof made === 'string' ? instead(...at) : undefined;
}

function told(made: Kept | string): Outcome {
  return typeof made === 'string' ? made : made.value;
}

function keptOf(model: Model, { spec, id }: Slow): Kept | undefined {
  return model.here.kept.get(`${spec.name} ${id}`);
}

/** What was there when the run began, if it still is, and may be served in the place of what the run does not give. */
function instead(model: Model, slow: Slow, before: Kept | undefined): Value | undefined {
  const kept = keptOf(model, slow);
  if (kept === undefined || kept.value.version !== before?.value.version) return undefined;
  return model.now < Math.min(kept.trusted, errorUntil(kept, slow.spec, {})) ? kept.value : undefined;
}

/** What is served at one of the two timeouts. */
function servedInTime(model: Model, slow: Slow, before: Kept | undefined): Value | undefined {
  const start = model.now;
  for (const limit of slow.spec.staleIfError === undefined ? [HARD] : [SOFT, HARD]) {
    if (slow.ms < limit) return undefined;
    model.now = start + limit;
    const stale = instead(model, slow, before);
    if (stale !== undefined) return stale;
  }
  return undefined;
}
