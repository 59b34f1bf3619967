/**
 * The objects that a walk has met, each with its master. Most values are one object, or few: a table is made for the
 * second.
 */
export class Met {
  #source: object | undefined;
  #master: object | undefined;
  #all: Map<object, object> | undefined;

  /** The master of an object that was met; undefined for any other. */
  get(source: object): object | undefined {
    if (this.#all !== undefined) return this.#all.get(source);
    return source === this.#source ? this.#master : undefined;
  }

  /** Notes an object and its master. */
  set(source: object, master: object): void {
    if (this.#source === undefined || this.#master === undefined) {
      this.#source = source;
      this.#master = master;
      return;
    }
    this.#all ??= new Map([[this.#source, this.#master]]);
    this.#all.set(source, master);
  }
}
