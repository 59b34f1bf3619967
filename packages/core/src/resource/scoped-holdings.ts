import { isScopedBy, scopeOf } from '../key/index.js';
import { isFree, type Holding } from './holding.js';

/** What has not gone yet of each scope that is not everybody's. */
export class ScopedHoldings {
  readonly #of = new Map<string, Set<Holding>>();
  /** Requests that are over. */
  readonly #ending = new Set<string>();

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
    this.#ending.delete(scope);
  }

  /** A scope is over: from now on what is left of a request goes one after another. */
  end(scope: string): void {
    if (this.#of.has(scope) && isScopedBy(scope, 'request')) this.#ending.add(scope);
  }

  /** The one that is next to go with the scope of another, which has gone. */
  next({ key }: Holding): Holding | undefined {
    const scope = scopeOf(key);
    return scope === undefined || !this.#ending.has(scope) ? undefined : this.of(scope).find(isFree);
  }

  /** Whether one that was made later, and may have been made of it without a word, goes with the scope before it. */
  isBehindAnother(holding: Holding): boolean {
    const scope = scopeOf(holding.key);
    if (scope === undefined || !this.#ending.has(scope)) return false;
    return this.of(scope).find((other) => other === holding || other.released || isFree(other)) !== holding;
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
