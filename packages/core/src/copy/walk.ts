import type { Step } from '../path.js';
import type { ReadArray } from './read.js';
import type { Trail } from './trail.js';

/** A walk that builds a master, as those use it who build a part of that. */
export interface Walk {
  /** Where the walk is. */
  readonly trail: Trail;
  /** The object that is being read, to name the property that threw. */
  reading: object | undefined;
  /** The estimated bytes of the master. */
  bytes: number;
  /** Whether the master has the shape for which it is built; true when that is none. */
  fits: boolean;
  /** The master of the value at hand. */
  make(value: unknown): unknown;
  /** The master of what is one step below the object at hand. */
  child(value: unknown, step: Step): unknown;
  /** Weighs a primitive; false for what is none, or not data. */
  weighs(value: unknown): boolean;
  /** The master of the object at hand. */
  object(source: object): object;
  /** The same, of a Date that was not met before. */
  date(source: object): object;
  /** The same, of an array that was read, and was not met before. */
  array(source: readonly unknown[], read: ReadArray): object;
  /** The master of an object that was met before. */
  met(source: object): object | undefined;
  /** Notes the master of an object, before what is below it is looked at. */
  meet(source: object, master: object): void;
}
