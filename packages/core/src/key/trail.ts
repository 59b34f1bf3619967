import type { Frame } from './frame.js';

/**
 * Objects that all reach each other through their contents (a strongly connected component). The text of one of them
 * is only its own while none of the others stands above it, because then it would hold back-references.
 */
interface Group {
  /** How many of its objects are open. */
  open: number;
}

/** What is known of an object that was met in a walk. */
interface Sighting {
  /** Its level while it is open, -1 otherwise. */
  level: number;
  /** Its text, once it is finished and points to nothing above it. */
  text: string | undefined;
  group: Group | undefined;
}

/**
 * The way from the root to the value under way, and what was met before: cycles are seen, and the text of an object
 * that occurs many times is made once, or else a few arrays that hold each other twice would take for ever.
 */
export class Trail {
  readonly stack: Frame[] = [];
  /** Not made before the first nested object, for flat arguments need none. */
  #sightings: Map<object, Sighting> | undefined;
  /** Finished objects that point to one above them, until the outermost of their group is finished. */
  readonly #waiting: Sighting[] = [];

  /** The innermost open frame. */
  get top(): Frame | undefined {
    return this.stack[this.stack.length - 1];
  }

  /** The back-reference to an object that is open: how many levels up it is. Undefined when it is not open. */
  backReference(object: object): string | undefined {
    const inner = this.top;
    if (inner === undefined) return undefined;
    const level = this.#levelOf(object);
    if (level < 0) return undefined;
    inner.lowest = Math.min(inner.lowest, level);
    return `^${this.stack.length - 1 - level};`;
  }

  #levelOf(object: object): number {
    if (this.#sightings === undefined) return this.top?.object === object ? 0 : -1;
    return this.#sightings.get(object)?.level ?? -1;
  }

  /** The text of an object that was finished before, if it would be the same here. */
  textOf(object: object): string | undefined {
    const sighting = this.#sightings?.get(object);
    return sighting?.group === undefined || sighting.group.open === 0 ? sighting?.text : undefined;
  }

  /** Keeps the text of an object without children. */
  remember(object: object, text: string): void {
    this.#sight(object).text = text;
  }

  /** Goes down into an object. */
  push(frame: Frame): void {
    if (this.stack.length > 0) this.#open(frame, this.stack.length);
    this.stack.push(frame);
    frame.waiting = this.#waiting.length;
  }

  #open(frame: Frame, level: number): void {
    const sighting = this.#sight(frame.object);
    sighting.level = level;
    if (sighting.group !== undefined) sighting.group.open += 1;
  }

  #sight(object: object): Sighting {
    if (this.#sightings === undefined) {
      this.#sightings = new Map();
      const root = this.stack[0];
      if (root !== undefined) this.#sightings.set(root.object, { level: 0, text: undefined, group: undefined });
    }
    let sighting = this.#sightings.get(object);
    if (sighting === undefined) {
      this.#sightings.set(object, (sighting = { level: -1, text: undefined, group: undefined }));
    }
    return sighting;
  }

  /** Leaves the innermost object, whose text is made; returns the frame that waits for it. */
  pop(text: string): Frame | undefined {
    const frame = this.stack.pop();
    const level = this.stack.length;
    const sighting = frame === undefined ? undefined : this.#sightings?.get(frame.object);
    if (frame === undefined || sighting === undefined) return this.top;
    sighting.level = -1;
    if (sighting.group !== undefined) sighting.group.open -= 1;
    if (frame.lowest < level) this.#leaveOpen(frame, sighting);
    else {
      sighting.text = text;
      if (frame.lowest === level) this.#closeGroup(frame, sighting);
    }
    return this.top;
  }

  /** It points above itself, so its text holds here only, and its group ends further up. */
  #leaveOpen(frame: Frame, sighting: Sighting): void {
    if (sighting.group === undefined) this.#waiting.push(sighting);
    const parent = this.top;
    if (parent !== undefined) parent.lowest = Math.min(parent.lowest, frame.lowest);
  }

  /** The outermost object of a group is finished: all of the group were met below it. */
  #closeGroup(frame: Frame, sighting: Sighting): void {
    const group = (sighting.group ??= { open: 0 });
    for (const member of this.#waiting.splice(frame.waiting)) member.group ??= group;
  }
}
