import type { Invalidation } from '../cached.js';
import { noScope } from '../errors/index.js';
import type { CacheHost } from '../host.js';
import { isOfThisProcess, isScopedBy, type Keyer } from '../key/index.js';
import type { Reporter } from '../reporter.js';
import type { ScopeKind } from './request-scope.js';
import type { Scope, ScopeMember } from './scope.js';

/** The scope of one function: which scope each of its calls belongs to. */
export class FunctionScope {
  readonly kind: ScopeKind;
  readonly #host: CacheHost;
  readonly #report: Reporter;
  #member: ScopeMember | undefined;

  constructor(kind: ScopeKind, host: CacheHost, report: Reporter) {
    this.kind = kind;
    this.#host = host;
    this.#report = report;
  }

  /** Says what scopes have to ask when they end. Once, before the first call. */
  join(member: ScopeMember): void {
    this.#member = member;
  }

  /** A keyer whose keys begin with the scope of the caller. `keyOf` throws as `Scopes.here` does, and outside any scope. */
  keyer(plain: Keyer): Keyer {
    return {
      ...plain,
      keyOf: (self, args, met) => this.#needed().prefix + plain.keyOf(self, args, met),
    };
  }

  #here(): Scope | undefined {
    return this.#host.scopes.here(this.kind, this.#report.fn, this.#host);
  }

  #needed(): Scope {
    const here = this.#here();
    if (here === undefined) throw noScope(this.#report.fn, this.kind, 'none');
    return here;
  }

  /** A run of a key begins. False when the scope of its call is over: then nothing of it may be kept. */
  begins(key: string): boolean {
    const scope = this.#host.scopes.of(key);
    if (scope === undefined || this.#member === undefined) return false;
    scope.note(this.#member, key);
    if (isScopedBy(key, 'anonymous')) this.#report.anonymous(key);
    return true;
  }

  /**
   * Drops what the function has made in the scope of the caller, and answers when its store has heard of it; undefined
   * outside any scope, where it is for the caller to drop everything.
   */
  clearHere(): Promise<Invalidation> | undefined {
    const here = this.#here();
    const member = this.#member;
    if (here === undefined || member === undefined) return undefined;
    here.clear(member);
    return outdate(member, here.prefix);
  }
}

/** The scope of a function by its option; undefined for one that is for everybody. */
export function functionScope(
  option: 'global' | ScopeKind | undefined,
  host: CacheHost,
  report: Reporter,
): FunctionScope | undefined {
  return option === undefined || option === 'global' ? undefined : new FunctionScope(option, host, report);
}

/** What of a scope is stored is outdated as a whole: other processes have stored what this one does not know of. */
async function outdate({ store }: ScopeMember, scope: string): Promise<Invalidation> {
  if (store === undefined || isOfThisProcess(scope)) return { store: 'none' };
  return { store: await store.tier.invalidateTags([scope]) };
}
