import { Scope, type FactoryProvider, type InjectionToken } from '@nestjs/common';
import { INQUIRER, REQUEST } from '@nestjs/core';
import { tokenName } from '../providers.js';
import { noteProvided, type ResourceDefinition } from './definition.js';
import { notForInjected, wrongResourceProvider } from './errors.js';
import type { InjectFor, ProvideResourceOptions } from './provide-resource-options.interface.js';
import { SCOPED_RESOURCES, type ScopedResources } from './scoped-resources.js';

type AnyFactory = (...dependencies: never) => unknown;
type Built<F extends AnyFactory> = Awaited<ReturnType<F>>;

/** Options may be left out, but for `inject` when the factory takes something. */
type Rest<F extends AnyFactory> =
  Parameters<F> extends readonly []
    ? [options?: ProvideResourceOptions<Parameters<F>, Built<F>>]
    : [options: ProvideResourceOptions<Parameters<F>, Built<F>> & { readonly inject: InjectFor<Parameters<F>> }];

/**
 * A provider of a living thing (a pool, a transaction, a client), which is released when what it belongs to ends: the app,
 * a request, a tenant, or whoever it was injected into. Nest itself releases nothing of a request. What was built last is
 * released first, and `app.close()` waits for it. It needs `CacheModule` in the app.
 *
 * A factory that fails fails whoever needs the resource, and is run again for the next. What it builds when the request has
 * ended meanwhile is released.
 *
 * @throws CacheError `ERR_MILLPOND_INVALID_OPTION`; when it is built, also `ERR_MILLPOND_NO_SCOPE` outside any HTTP request.
 */
export function provideResource<F extends AnyFactory>(
  token: InjectionToken<Built<F>>,
  factory: F,
  ...rest: Rest<F>
): FactoryProvider<Built<F>> {
  const options = untyped(rest[0]);
  const where = `provideResource(${tokenName(token)})`;
  check(factory, options, where);
  const { name = tokenName(token), onRelease, identity } = options;
  const definition: ResourceDefinition = { name, factory: untypedFactory(factory), onRelease, identity };
  return { provide: token, ...providerOf(definition, options) } as FactoryProvider<Built<F>>;
}

type AnyOptions = ProvideResourceOptions<readonly unknown[], unknown>;

/** Nest gives a factory what `inject` names, and a callback what the factory has built: only the caller knows the types. */
function untyped(options: object = {}): AnyOptions {
  return options;
}

function untypedFactory(factory: AnyFactory): ResourceDefinition['factory'] {
  return (...dependencies) => Reflect.apply(factory, undefined, dependencies) as unknown;
}

/** What Nest calls: with the app's resources and what tells whose the new one is, before what the user's factory takes. */
function providerOf(definition: ResourceDefinition, { inject = [], scope, durable }: AnyOptions): object {
  switch (scope ?? Scope.DEFAULT) {
    case Scope.DEFAULT: {
      const useFactory = (resources: ScopedResources, ...dependencies: readonly unknown[]): Promise<unknown> =>
        resources.forApplication(definition, dependencies);
      noteProvided(useFactory, definition, 'application');
      return { useFactory, inject: [SCOPED_RESOURCES, ...inject] };
    }
    case Scope.REQUEST: {
      const [owner, build] =
        durable === true ? (['tenant', 'forTenant'] as const) : (['request', 'forRequest'] as const);
      const useFactory = (resources: ScopedResources, request: unknown, ...dependencies: readonly unknown[]) =>
        resources[build](definition, request, dependencies);
      noteProvided(useFactory, definition, owner);
      return { useFactory, inject: [SCOPED_RESOURCES, REQUEST, ...inject], scope, durable: durable === true };
    }
    case Scope.TRANSIENT: {
      const useFactory = (resources: ScopedResources, holder: unknown, ...dependencies: readonly unknown[]) =>
        resources.forHolder(definition, holder, dependencies);
      noteProvided(useFactory, definition, 'holder');
      return { useFactory, inject: [SCOPED_RESOURCES, INQUIRER, ...inject], scope };
    }
  }
}

const isFunction = (value: unknown): boolean => typeof value === 'function';

/** What each option must be, when it is given. */
const CHECKS: Readonly<Record<keyof AnyOptions, readonly [is: (value: unknown) => boolean, what: string]>> = {
  inject: [Array.isArray, 'an array of tokens'],
  scope: [(value) => Object.values(Scope).some((scope) => scope === value), 'one of Nest’s Scope'],
  durable: [(value) => typeof value === 'boolean', 'true or false'],
  name: [(value) => typeof value === 'string' && value !== '', 'a text that is not empty'],
  onRelease: [isFunction, 'a function'],
  identity: [isFunction, 'a function'],
};

/** Options of `cacheResource` that say when another takes the place of one. */
const REPLACING: ReadonlySet<string> = new Set([
  'ttl',
  'staleWhileRevalidate',
  'staleIfError',
  'idleTimeout',
  'validate',
  'releaseAfter',
  'rebuild',
  'maxEntries',
]);

function check(factory: unknown, options: AnyOptions, where: string): void {
  if (!isFunction(factory))
    throw wrongResourceProvider(where, 'give it a factory, a function that builds the resource.');
  for (const [option, value] of Object.entries(options)) {
    if (value === undefined) continue;
    if (REPLACING.has(option)) throw notForInjected(where, option);
    if (!isOption(option)) {
      throw wrongResourceProvider(
        where,
        `there is no option \`${option}\`. It takes ${Object.keys(CHECKS).join(', ')}.`,
      );
    }
    const [is, what] = CHECKS[option];
    if (!is(value)) throw wrongResourceProvider(where, `option \`${option}\` must be ${what}.`);
  }
  if (options.durable === true && options.scope !== Scope.REQUEST) {
    throw wrongResourceProvider(where, 'option `durable` goes with scope: Scope.REQUEST: give both, or neither.');
  }
}

function isOption(name: string): name is keyof AnyOptions {
  return Object.hasOwn(CHECKS, name);
}
