import { scopeOf } from '../key/index.js';
import type { Holding } from './holding.js';

/** What has not gone yet of each scope that is not everybody's. */
export class ScopedHoldings {
  readonly #of = new Map<string, Set<Holding>>();

  add(holding: Holding): void {
    const scope = scopeOf(holding.key);
    if (scope === undefined) return;
    const others = this.#of.get(scope);
    if (others === undefined) this.#of.set(scope, new Set([holding]));
    else others.add(holding);
  }

  /** One has been released, and that is over. */
  gone(holding: Holding): void {
    const scope = scopeOf(holding.key);
    const others = scope === undefined ? undefined : this.#of.get(scope);
    if (scope === undefined || others?.delete(holding) !== true || others.size > 0) return;
    this.#of.delete(scope);
  }

  /** Those of a scope, the last made first. */
  of(scope: string): readonly Holding[] {
    return [...(this.#of.get(scope) ?? [])].toReversed();
  }

  /** Resolves when what was let go of a scope has gone; what has not been is its entries'. */
  async allGone(scope: string): Promise<void> {
    const leaving = this.of(scope).filter((holding) => holding.leaving !== undefined);
    await Promise.all(leaving.map(({ onGone }) => new Promise<void>((resolve) => onGone.push(resolve))));
  }
}
