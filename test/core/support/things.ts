import { expect } from 'vitest';

/** Something that must be let go: how often it was, and what it was made of. */
export interface Thing {
  /** Grows with every thing. */
  readonly number: number;
  readonly version: number;
  releases: number;
}

/** Everything that a factory has made. */
export class Things {
  readonly made: Thing[] = [];

  make(version = 0): Thing {
    const thing = { number: this.made.length + 1, version, releases: 0 };
    this.made.push(thing);
    return thing;
  }

  /** To be given as `onRelease`. */
  readonly release = (thing: Thing): void => {
    thing.releases += 1;
  };

  /** Those that live. */
  get living(): readonly Thing[] {
    return this.made.filter(({ releases }) => releases === 0);
  }

  /** What a caller has waited for, and got just now, lives. */
  readonly take = async (call: Promise<Thing>): Promise<Thing> => {
    const thing = await call;
    expect(thing.releases).toBe(0);
    return thing;
  };

  /** At the end: each was let go, and none twice. */
  checkAllReleasedOnce(): void {
    expect(this.made.map(({ releases }) => releases)).toEqual(this.made.map(() => 1));
  }
}
