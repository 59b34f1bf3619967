import type { ReleaseReason } from '@millpond/core';
import { resourceScopeEnded, type ResourceOwnerKind } from './errors.js';

/** A resource that was built, and how it is let go of. */
export interface BuiltResource {
  readonly resource: unknown;
  /** Resolves when it has gone, or has taken too long; never rejects. */
  readonly release: (reason: ReleaseReason) => Promise<void>;
}

/** The resources of one owner. They are released at its end, the last that was built first, one after another. */
export class ResourceScope {
  readonly kind: ResourceOwnerKind;
  readonly #built: BuiltResource[] = [];
  readonly #pending = new Set<Promise<unknown>>();
  #reason: ReleaseReason | undefined;
  /** Whether nobody will come for what is built from now on. */
  #isEmptied = false;
  #releasing: Promise<void> = Promise.resolve();

  constructor(kind: ResourceOwnerKind) {
    this.kind = kind;
  }

  /**
   * Builds a resource that is the owner's from then on. What is built too late is released, and refused.
   *
   * @throws CacheError (a rejection) when the owner has ended; and whatever the factory throws.
   */
  async hold(name: string, build: () => Promise<BuiltResource>): Promise<unknown> {
    if (this.#reason !== undefined) throw resourceScopeEnded(name, this.kind, 'before');
    const pending = build();
    this.#pending.add(pending);
    let built: BuiltResource;
    try {
      built = await pending;
    } finally {
      this.#pending.delete(pending);
    }
    if (!this.#hasEnded()) {
      this.#built.push(built);
      return built.resource;
    }
    this.#built.push({ ...built, release: () => built.release('discard') });
    if (this.#isEmptied) await this.#releaseAll('discard');
    throw resourceScopeEnded(name, this.kind, 'during');
  }

  /** Takes over what another owner has built, for whoever holds it lives as long as this one. */
  async adopt(built: BuiltResource): Promise<void> {
    if (this.#reason === undefined) this.#built.push(built);
    else await built.release(this.#reason);
  }

  /** Releases everything, once what is being built has been: its factory may be using what was built before it. */
  async end(reason: ReleaseReason): Promise<void> {
    this.#reason ??= reason;
    await Promise.allSettled(this.#pending);
    await this.#releaseAll(reason);
  }

  /** Releases what there is; what is still being built follows when it has been. */
  async endNow(reason: ReleaseReason): Promise<void> {
    this.#reason ??= reason;
    await this.#releaseAll(reason);
  }

  /** Together with one that is under way it resolves when all have gone. */
  #releaseAll(reason: ReleaseReason): Promise<void> {
    this.#isEmptied = true;
    this.#releasing = this.#releasing.then(async () => {
      for (let built = this.#built.pop(); built !== undefined; built = this.#built.pop()) await built.release(reason);
    });
    return this.#releasing;
  }

  #hasEnded(): boolean {
    return this.#reason !== undefined;
  }
}
