/** So many are remembered; what came before is forgotten. */
const MOST = 256;

/**
 * What was last told of each of the latest keys, in a ring (hazard 53). Keys may be long, so that 53 bits of a hash stand
 * for them: two keys of one hash would be told each other's word, which misleads a reader and nothing else.
 */
export class RecentKeys<T> {
  readonly #hashes: number[] = [];
  readonly #words: T[] = [];
  #next = 0;

  note(key: string, word: T): void {
    this.#hashes[this.#next] = hashOf(key);
    this.#words[this.#next] = word;
    this.#next = (this.#next + 1) % MOST;
  }

  /** The last word of a key; undefined when there was none, or so many others since that it is forgotten. */
  of(key: string): T | undefined {
    if (this.#hashes.length === 0) return undefined;
    const hash = hashOf(key);
    return this.#newest(hash, 0, this.#next) ?? this.#newest(hash, this.#next, this.#hashes.length);
  }

  #newest(hash: number, from: number, end: number): T | undefined {
    for (let place = end - 1; place >= from; place -= 1) if (this.#hashes[place] === hash) return this.#words[place];
    return undefined;
  }
}

/** Two hashes after FNV-1a (Fowler, Noll and Vo), with two primes, of which 53 bits make one number. */
function hashOf(key: string): number {
  let one = 0x811c9dc5;
  let two = 0x9747b28c;
  for (let at = 0; at < key.length; at += 1) {
    const unit = key.charCodeAt(at);
    one = Math.imul(one ^ unit, 0x01000193);
    two = Math.imul(two ^ unit, 0x85ebca6b);
  }
  return (one >>> 0) * 2 ** 21 + (two >>> 11);
}
