// Taken when this module is loaded, so that a test framework's fake timers cannot stand in for it later.
const nextTurn = setImmediate;

/** Lets everything that is ready run: promise reactions, and one turn of the event loop. */
export async function settle(): Promise<void> {
  await new Promise<void>((resolve) => nextTurn(resolve));
}
