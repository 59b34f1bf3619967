import { gate, type Gate } from '../../support/gate.js';

/** A living thing, as a factory builds it. */
export interface Thing {
  readonly name: string;
  isReleased: boolean;
}

/** Builds things and lets them go, and tells what happened, in order. */
export interface Workshop {
  /** `built pool`, `released pool: close`, in the order in which it happened. */
  readonly told: string[];
  /** Builds one at once. */
  readonly build: (name: string) => Thing;
  /** Lets one go, in two steps: the second one comes a turn later. */
  readonly release: (thing: Thing, reason: string) => Promise<void>;
  /** How many are alive. */
  readonly living: () => number;
}

/** A workshop that nobody else uses. */
export function workshop(): Workshop {
  const told: string[] = [];
  let living = 0;
  return {
    told,
    living: () => living,
    build(name) {
      living += 1;
      told.push(`built ${name}`);
      return { name, isReleased: false };
    },
    async release(thing, reason) {
      if (thing.isReleased) told.push(`released ${thing.name} AGAIN`);
      thing.isReleased = true;
      told.push(`releasing ${thing.name}`);
      await new Promise((resolve) => setImmediate(resolve));
      living -= 1;
      told.push(`released ${thing.name}: ${reason}`);
    },
  };
}

/** A place where work waits, which tells that somebody has come. */
export interface Door extends Gate {
  readonly reached: Promise<void>;
  /** Waits at the door. */
  readonly pass: () => Promise<void>;
}

/** A closed door. */
export function door(): Door {
  const come = gate();
  const way = gate();
  return {
    ...way,
    reached: come.opened,
    pass: () => {
      come.open();
      return way.opened;
    },
  };
}
