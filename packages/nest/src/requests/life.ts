import type { ReleaseReason } from '@millpond/core';

/** Hears that a life is over, and lets go of what was made for it. Never rejects. */
export type EndListener = (reason: ReleaseReason) => Promise<void>;

/**
 * Something that ends, with what is to be let go of then: a request, a tenant. It knows nothing of what it stands for, so
 * that whoever still holds it holds no request.
 */
export class Life {
  #listeners: EndListener[] = [];
  #reason: ReleaseReason | undefined;

  /** Calls a listener at the end, at once when that has been. The returned function takes it back. */
  onEnd(listener: EndListener): () => void {
    if (this.#reason !== undefined) void listener(this.#reason);
    else this.#listeners.push(listener);
    return () => {
      this.#listeners = this.#listeners.filter((other) => other !== listener);
    };
  }

  /** Ends it, once: the listener that came last is done before the one before it is called. */
  async end(reason: ReleaseReason): Promise<void> {
    if (this.#reason !== undefined) return;
    this.#reason = reason;
    for (const listener of this.#listeners.splice(0).toReversed()) await listener(reason);
  }
}
