import { pathOf, type Step } from '../path.js';
import { lookAt, SELF, type Look } from './look.js';

/** The most places (properties, items, members) of a value that a picture has. */
const MOST = 10_000;
/** After so many places a comparison stops, to go on there the next time. */
const STRIDE = 1_000;

/** What a value was when it was kept. */
export interface Picture {
  /**
   * The path of a place that is not what it was, such as `result.rows[0].name`, the nearest to the value that was found;
   * undefined when none was. Looks at some 1,000 places and goes on there the next time.
   */
  change(): string | undefined;
}

/** One object of the value, and where in it that was found; undefined for the value itself. */
interface Part {
  readonly look: Look;
  readonly from: { readonly part: Part; readonly step: Step } | undefined;
}

/**
 * Takes a picture of a value that all callers share, to find out later whether one of them has changed it: of its first
 * 10,000 places, the nearest first. Undefined for a primitive. No code of the value is run.
 */
export function picture(value: unknown): Picture | undefined {
  if (!isObject(value)) return undefined;
  const parts = partsOf(value);
  let next = 0;
  return {
    change() {
      let looked = 0;
      for (let count = 0; count < parts.length && looked < STRIDE; count += 1) {
        const part = parts[next % parts.length];
        next += 1;
        if (part === undefined) continue;
        looked += part.look.cost;
        const step = part.look.change();
        if (step !== undefined) return pathOf('result', step === SELF ? stepsTo(part) : [...stepsTo(part), step]);
      }
      return undefined;
    },
  };
}

function partsOf(value: object): readonly Part[] {
  const parts: Part[] = [];
  const seen = new Set<object>();
  let room = MOST;
  const add = (object: object, from: Part['from']): void => {
    if (room <= 0 || seen.has(object)) return;
    seen.add(object);
    const look = lookAt(object, room);
    room -= look.cost;
    parts.push({ look, from });
  };
  add(value, undefined);
  // It grows while it is gone through, so that what is nearest to the value comes first.
  for (const part of parts) {
    for (const [step, child] of part.look.places) if (isObject(child)) add(child, { part, step });
  }
  return parts;
}

function stepsTo({ from }: Part): readonly Step[] {
  return from === undefined ? [] : [...stepsTo(from.part), from.step];
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
