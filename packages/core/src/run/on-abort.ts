/** Who is told when a signal aborts, by the one listener that it has. */
interface Heard {
  readonly leavers: Set<() => void>;
  readonly tellAll: () => void;
}

const heard = new WeakMap<AbortSignal, Heard>();

/**
 * Calls `leave` when a signal aborts, until the returned function is called. A signal gets one listener however many
 * calls wait under it: a request makes many calls with one signal, and Node warns of more than ten listeners.
 */
export function onAbort(signal: AbortSignal, leave: () => void): () => void {
  const { leavers, tellAll } = heard.get(signal) ?? listenTo(signal);
  // Its own function each time: one that is given twice is told twice.
  const entry = (): void => leave();
  leavers.add(entry);
  return () => {
    leavers.delete(entry);
    if (leavers.size > 0 || heard.get(signal)?.leavers !== leavers) return;
    heard.delete(signal);
    signal.removeEventListener('abort', tellAll);
  };
}

function listenTo(signal: AbortSignal): Heard {
  const leavers = new Set<() => void>();
  const tellAll = (): void => {
    heard.delete(signal);
    for (const leave of leavers) leave();
  };
  const made = { leavers, tellAll };
  heard.set(signal, made);
  signal.addEventListener('abort', tellAll, { once: true });
  return made;
}
