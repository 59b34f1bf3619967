/** Larger ones are as they are: what is in them lives long, and copying them takes too long at once. */
const LARGEST = 4096;

/** It is not copied for fewer deletions, however little it holds. */
const LEAST_DELETED = 64;

/** It is copied before V8 does, which waits until as many places are deleted as are not. */
const SHARE = 0.75;

/**
 * A map for what comes and goes for as long as a process lives.
 *
 * When a `Map` has no room left for its deleted places, V8 gives it a new table, and the old one refers to the new one. Once
 * one of them has got into the old space it keeps all later ones, and what was in them, until everything is collected: what
 * would have died young is copied again and again. A new `Map` has nothing that refers to its table.
 */
export class LastingMap<K, V> {
  #map = new Map<K, V>();
  #deleted = 0;

  get size(): number {
    return this.#map.size;
  }

  get(key: K): V | undefined {
    return this.#map.get(key);
  }

  set(key: K, value: V): void {
    this.#map.set(key, value);
  }

  delete(key: K): void {
    const { size } = this.#map;
    this.#map.delete(key);
    if (this.#map.size === size) return;
    this.#deleted += 1;
    if (this.#deleted < LEAST_DELETED || this.#deleted < size * SHARE || size > LARGEST) return;
    const map = new Map<K, V>();
    // Of the ways to go through a map, this one makes nothing for each entry.
    this.#map.forEach((value, each) => void map.set(each, value));
    this.#map = map;
    this.#deleted = 0;
  }

  keys(): IterableIterator<K> {
    return this.#map.keys();
  }

  values(): IterableIterator<V> {
    return this.#map.values();
  }
}
