import { expect } from 'vitest';
import { argumentOf, ARGUMENTS, POLICIES, valueOf, type Spec } from './functions.js';
import { playSlow } from './slow.js';
import type { Drop, Place, Step } from './steps.js';
import type { World } from './world.js';

type OnOne = Extract<Step, Place>;
/** One operation on one call, with the function and the arguments that it is about. */
type At<T extends OnOne = OnOne> = T & { readonly spec: Spec; readonly args: readonly unknown[] };

/** Plays one step, really and in the model, and compares what it answers. */
export async function play(world: World, step: Step): Promise<void> {
  const { model } = world;
  switch (step.do) {
    case 'clear': {
      const { name } = specAt(world, step.fn);
      if (!world.mayOutdate(name)) return;
      model.drop((key) => key.startsWith(`${name} `));
      await world.fn(name).load.clear();
      return;
    }
    case 'clearAll':
      if (!world.mayOutdate('all')) return;
      model.clearAll();
      await world.here.cache.clear();
      return;
    case 'tag':
      if (!world.mayOutdate('tags')) return;
      model.invalidate(step.tag);
      await world.here.cache.invalidateTags(step.tag);
      return;
    case 'fail': {
      const { name } = specAt(world, step.fn);
      if (step.how === undefined) model.failing.delete(name);
      else model.failing.set(name, step.how);
      return;
    }
    case 'advance':
      return world.advance(step.ms);
    case 'boundary': {
      const instants = model.instants();
      const instant = instants[step.which % instants.length] ?? model.now;
      return world.advance(Math.max(1, instant - model.now + step.off));
    }
    case 'restart':
      return world.restart();
    case 'elsewhere':
      return world.elsewhere();
    case 'call':
    case 'refresh':
    case 'prime':
    case 'expire':
    case 'delete':
    case 'peek':
    case 'slow':
      return playOne(world, {
        ...step,
        spec: specAt(world, step.fn),
        args: ARGUMENTS[step.id]?.(step.respelled) ?? [],
      });
  }
}

function specAt(world: World, fn: number): Spec {
  const spec = world.cast[fn % world.cast.length];
  if (spec === undefined) throw new Error('a play without functions');
  return spec;
}

async function playOne(world: World, step: At): Promise<void> {
  switch (step.do) {
    case 'call':
      return call(world, step);
    case 'slow':
      // Only where the run itself can be held up.
      if (step.spec.sync === true || step.spec.uses !== undefined) {
        return call(world, { ...step, do: 'call', policy: 0, callers: 1 });
      }
      return playSlow(world, { ...step, drop: possible(world, step) });
    case 'refresh':
    case 'prime':
    case 'expire':
    case 'delete':
    case 'peek':
      return others[step.do](world, step);
  }
}

async function call(world: World, step: At<Extract<OnOne, { do: 'call' }>>): Promise<void> {
  const { spec, args, id } = step;
  const { load, policies } = world.fn(spec.name);
  const withPolicy = policies[step.policy];
  const policy = (withPolicy === undefined ? undefined : POLICIES[step.policy]) ?? {};
  // Synchronous functions have no joins, and whoever forces a run gets one of their own.
  const callers = spec.sync === true || policy.forceFresh === true ? 1 : step.callers;
  const answers = Array.from({ length: callers }, () => world.outcome(() => (withPolicy ?? load)(...args)));
  const wanted = world.model.call(spec, id, policy, callers);
  for (const answer of answers) world.check(await answer, wanted);
}

const others: Record<'refresh' | 'prime' | 'expire' | 'delete' | 'peek', (world: World, at: At) => Promise<void>> = {
  async refresh(world, { spec, id, args }) {
    const answer = world.outcome(() => world.fn(spec.name).load.refresh(...args));
    const wanted = world.model.refresh(spec, id);
    world.check(await answer, wanted);
  },
  async prime(world, { spec, id, args }) {
    const make = () => valueOf(argumentOf(id), world.model.version, []);
    const given = make();
    world.model.prime(spec, id, make());
    await world.fn(spec.name).load.prime(given, ...args);
    // It stays the giver's, who may spoil it.
    world.check(given, make());
  },
  async expire(world, { spec, id, args }) {
    if (!world.mayExpire(spec, id)) return;
    world.model.expire(spec, id);
    await world.fn(spec.name).load.expire(...args);
  },
  async delete(world, { spec, id, args }) {
    if (!world.mayOutdate(`${spec.name} ${id}`)) return;
    world.model.drop((key) => key === `${spec.name} ${id}`);
    await world.fn(spec.name).load.delete(...args);
  },
  async peek(world, { spec, id, args }) {
    const { load } = world.fn(spec.name);
    const held = load.peek(...args);
    expect(load.has(...args)).toBe(held !== undefined);
    world.check(held, world.model.peek(spec, id));
  },
};

/** What is dropped in the midst of a run, if it may be now. */
function possible(world: World, { spec, id, drop }: At<Extract<OnOne, { do: 'slow' }>>): Drop {
  if (drop === 'nothing' || drop === 'another' || drop === 'refresh') return drop;
  const subjects = { delete: `${spec.name} ${id}`, expire: `${spec.name} ${id}`, clear: spec.name, clearAll: 'all' };
  if (!world.mayOutdate(subjects[drop])) return 'nothing';
  return drop === 'expire' && world.model.wasExpired(spec, id) ? 'delete' : drop;
}
