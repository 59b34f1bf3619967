import { keyOfPath, type Read } from '../input/index.js';

/** What is in the store at the end of a path of inputs. */
export interface Looked<T> {
  readonly looked: T;
  readonly path: readonly Read[];
}

/**
 * Looks where memory leads to, and at all places on the way, which is one read: another process may have put something
 * there meanwhile that is for all, or varies by another input. `leadsOn` tells whether what is in such a place leads to
 * the input of a name; what is missing there does, since it is no more than a hint.
 */
export async function lookAlong<T>(
  base: string,
  path: readonly Read[],
  look: (key: string) => Promise<T>,
  leadsOn: (looked: T, input: string) => boolean,
): Promise<Looked<T>> {
  const last = look(keyOfPath(base, path));
  const before = await Promise.all(
    path.map(async ({ input }, length) => {
      const way = path.slice(0, length);
      const looked = await look(keyOfPath(base, way));
      return { looked, path: way, leadsOn: leadsOn(looked, input.name) };
    }),
  );
  const elsewhere = before.find((place) => !place.leadsOn);
  return elsewhere ?? { looked: await last, path };
}
