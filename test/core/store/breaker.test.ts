import { describe, expect, test } from 'vitest';
import { createBreaker, type Breaker, type Permit } from '../../../packages/core/src/store/breaker.js';
import { fakeClock, type FakeClock } from '../../support/fake-clock.js';

interface Subject {
  readonly breaker: Breaker;
  readonly clock: FakeClock;
  readonly told: string[];
}

function subject(): Subject {
  const clock = fakeClock();
  const told: string[] = [];
  const breaker = createBreaker({
    clock,
    onOpen: () => told.push('open'),
    onClose: () => told.push('closed'),
    random: () => 0.5,
  });
  return { breaker, clock, told };
}

function permit(breaker: Breaker): Permit {
  const given = breaker.admit();
  if (given === undefined) throw new Error('not admitted');
  return given;
}

function fail(breaker: Breaker, times: number): void {
  for (let time = 0; time < times; time += 1) permit(breaker).failed();
}

function succeed(breaker: Breaker, times: number): void {
  for (let time = 0; time < times; time += 1) permit(breaker).succeeded();
}

describe('hazard 49: the breaker counts shares', () => {
  test('it stays closed below 20 operations in a second, however many fail among those that succeed', () => {
    const { breaker } = subject();
    succeed(breaker, 1);
    fail(breaker, 18);
    expect(breaker.isOpen).toBe(false);
  });

  test('it opens when half of 20 operations in a second failed', () => {
    const { breaker, told } = subject();
    succeed(breaker, 10);
    fail(breaker, 9);
    expect(breaker.isOpen).toBe(false);
    fail(breaker, 1);
    expect(breaker.isOpen).toBe(true);
    expect(told).toEqual(['open']);
  });

  test('a few failures among many operations do not open it', async () => {
    const { breaker, clock } = subject();
    for (let slice = 0; slice < 50; slice += 1) {
      succeed(breaker, 100);
      fail(breaker, 40);
      await clock.advance(100);
    }
    expect(breaker.isOpen).toBe(false);
  });

  test('failures that are spread over more than a second do not add up', async () => {
    const { breaker, clock } = subject();
    for (let time = 0; time < 40; time += 1) {
      if (time % 5 === 0) succeed(breaker, 1);
      fail(breaker, 1);
      await clock.advance(100);
    }
    expect(breaker.isOpen).toBe(false);
  });
});

describe('a store that is seldom asked', () => {
  test('is taken for dead at the fifth failure in a row, however far apart they are', async () => {
    const { breaker, clock, told } = subject();
    succeed(breaker, 1);
    for (let time = 0; time < 4; time += 1) {
      await clock.advance(60_000);
      fail(breaker, 1);
    }
    expect(breaker.isOpen).toBe(false);
    await clock.advance(60_000);
    fail(breaker, 1);
    expect(told).toEqual(['open']);
  });

  test('is not, as long as one operation in five succeeds', async () => {
    const { breaker, clock } = subject();
    for (let time = 0; time < 20; time += 1) {
      succeed(breaker, 1);
      fail(breaker, 4);
      await clock.advance(60_000);
    }
    expect(breaker.isOpen).toBe(false);
  });

  test('is not, when what fails in a row fails within a second of a success: that is a hiccup', async () => {
    const { breaker, clock } = subject();
    succeed(breaker, 1);
    await clock.advance(999);
    fail(breaker, 10);
    expect(breaker.isOpen).toBe(false);
    await clock.advance(1);
    fail(breaker, 1);
    expect(breaker.isOpen).toBe(true);
  });
});

describe('an open breaker', () => {
  test('admits nobody at first, then one, which closes it by succeeding', async () => {
    const { breaker, clock, told } = subject();
    fail(breaker, 20);
    expect(breaker.admit()).toBeUndefined();
    await clock.advance(249);
    expect(breaker.admit()).toBeUndefined();
    await clock.advance(1);
    const trial = permit(breaker);
    expect(breaker.admit()).toBeUndefined();
    expect(breaker.isOpen).toBe(true);
    trial.succeeded();
    expect(breaker.isOpen).toBe(false);
    expect(told).toEqual(['open', 'closed']);
    expect(breaker.admit()).toBeDefined();
  });

  test('waits twice as long after each trial that failed, up to a second', async () => {
    const { breaker, clock, told } = subject();
    fail(breaker, 20);
    for (const pause of [250, 500, 1000, 1000, 1000]) {
      await clock.advance(pause - 1);
      expect(breaker.admit()).toBeUndefined();
      await clock.advance(1);
      permit(breaker).failed();
    }
    expect(told).toEqual(['open']);
  });

  test('tries again at once when a trial that was given up has been answered after all', async () => {
    const { breaker, clock } = subject();
    fail(breaker, 20);
    await clock.advance(250);
    const trial = permit(breaker);
    trial.failed();
    await clock.advance(100);
    expect(breaker.admit()).toBeUndefined();
    trial.answeredLate();
    expect(breaker.isOpen).toBe(true);
    permit(breaker).succeeded();
    expect(breaker.isOpen).toBe(false);
  });

  test('is not moved by operations that began before it opened', async () => {
    const { breaker, clock } = subject();
    const [slow, slower] = [permit(breaker), permit(breaker)];
    fail(breaker, 20);
    slow.succeeded();
    slow.answeredLate();
    expect(breaker.isOpen).toBe(true);
    expect(breaker.admit()).toBeUndefined();
    await clock.advance(1000);
    const trial = permit(breaker);
    slower.failed();
    trial.succeeded();
    expect(breaker.isOpen).toBe(false);
  });

  test('closes when the store has proved by other means that it lives', () => {
    const { breaker, told } = subject();
    breaker.reset();
    expect(told).toEqual([]);
    fail(breaker, 20);
    breaker.reset();
    expect(breaker.isOpen).toBe(false);
    expect(told).toEqual(['open', 'closed']);
  });
});
