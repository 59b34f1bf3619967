import type { InjectionToken } from '@nestjs/common';
import type { ModulesContainer } from '@nestjs/core';
import { methodName } from './cached-method.js';

/** A module as Nest keeps it; told through the container, because Nest's entry does not export the type itself. */
export type HostModule = ModulesContainer extends Map<string, infer M> ? M : never;
/** A provider or controller as Nest keeps it. */
export type Wrapper = HostModule extends { readonly providers: Map<InjectionToken, infer W> } ? W : never;

/** An instance that lives as long as the app, or as whoever it was injected into. */
export interface LivingProvider {
  readonly instance: object;
  /** Which provider of the app it is, the same in every process: `UsersModule/Users`, `UsersModule/Users@REPLICA`. */
  readonly label: string;
  /** One of several instances that one provider has: its label is not its own. */
  readonly transient: boolean;
  readonly module: HostModule;
}

interface WithPrototype {
  readonly prototype: object;
}

/** Every instance that the container holds now. */
export function* livingProviders(modules: ModulesContainer): Generator<LivingProvider> {
  for (const { wrapper, module } of allWrappers(modules)) {
    for (const instance of livingInstances(wrapper)) {
      if (!isObject(instance)) continue;
      yield { instance, label: labelOf(wrapper, module, instance), transient: wrapper.isTransient, module };
    }
  }
}

/** Every class of which the container makes instances for one request, or one durable tree, at a time. */
export function* shortLivedClasses(modules: ModulesContainer): Generator<WithPrototype> {
  for (const { wrapper } of allWrappers(modules)) {
    const made: unknown = wrapper.metatype;
    if (isClass(made) && !wrapper.isFactory && !wrapper.isDependencyTreeStatic()) yield made;
  }
}

/** Whether a module could inject a provider: its own, of a module that it imports, or of a global one. */
export function canSee(module: HostModule, token: InjectionToken, instance: object): boolean {
  const provides = (one: HostModule): boolean => one.providers.get(token)?.instance === instance;
  return provides(module) || [...module.imports].some(provides);
}

/** What lives as long as the app, or as a tenant of it; unknown: as a request, or as what it is injected into in turn. */
export type Holder = 'singleton' | 'durable' | 'unknown';

/** What an instance will be, of which Nest tells (by its token `INQUIRER`) that something is injected into it. */
export function holderOf(modules: ModulesContainer, inquirer: unknown): Holder {
  // What factories take, and what is resolved by hand, has no such instance.
  if (!isObject(inquirer)) return 'unknown';
  const kinds = new Set<Holder>();
  // It is not what it will be yet: only its class is known, of which there may be several providers.
  for (const { wrapper } of allWrappers(modules))
    if (wrapper.metatype === inquirer.constructor) kinds.add(kindOf(wrapper));
  if (kinds.has('durable')) return 'durable';
  return kinds.size === 1 && kinds.has('singleton') ? 'singleton' : 'unknown';
}

/** Whether an instance is one that lives as long as the app, or as whoever it was injected into, who does. */
export function isHeldByApp(modules: ModulesContainer, instance: unknown): boolean {
  for (const living of livingProviders(modules)) if (living.instance === instance) return true;
  return false;
}

function kindOf(wrapper: Wrapper): Holder {
  if (wrapper.isTransient) return 'unknown';
  if (wrapper.isDependencyTreeStatic()) return 'singleton';
  return wrapper.isDependencyTreeDurable() ? 'durable' : 'unknown';
}

/** How messages call an instance: by its class. */
export function nameOf(instance: unknown): string {
  return isObject(instance) ? instance.constructor.name : String(instance);
}

/** Every provider and controller of an app, but for aliases. */
export function* allWrappers(modules: ModulesContainer): Generator<{ wrapper: Wrapper; module: HostModule }> {
  for (const module of modules.values()) {
    for (const kind of [module.providers, module.controllers, module.injectables, module.middlewares]) {
      for (const wrapper of kind.values()) if (!wrapper.isAlias) yield { wrapper, module };
    }
  }
}

function livingInstances(wrapper: Wrapper): readonly unknown[] {
  // What Nest keeps as the instance of a request-scoped provider is a prototype to copy, not an instance.
  if (!wrapper.isDependencyTreeStatic()) return [];
  if (wrapper.isTransient) return wrapper.getStaticTransientInstances().map((host) => host?.instance);
  return [wrapper.instance];
}

function labelOf(wrapper: Wrapper, module: HostModule, instance: object): string {
  const kind = wrapper.subtype === undefined ? '' : `${wrapper.subtype}:`;
  const { name } = instance.constructor;
  const token = wrapper.token === instance.constructor ? '' : `@${tokenName(wrapper.token)}`;
  return `${module.name}/${kind}${name}${token}`;
}

/** Global enhancers (`APP_GUARD`) get a token with a random part, which no other process would know. */
const RANDOM_PART = / \(UUID: .*\)$/;

/** How a token is called in names and messages. */
export function tokenName(token: InjectionToken): string {
  return typeof token === 'function' ? token.name : methodName(token).replace(RANDOM_PART, '');
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function isClass(value: unknown): value is WithPrototype {
  return typeof value === 'function' && typeof value.prototype === 'object' && value.prototype !== null;
}
