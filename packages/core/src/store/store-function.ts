import { storeDamaged } from '../errors.js';
import { fenceNames, RunFences } from './fences.js';
import { clearFunction, deleteCall } from './invalidations.js';
import { mayBeKept, writeEntry, type Keeping } from './keep.js';
import { beginRun, lookUp } from './look-up.js';
import type { CallNames } from './names.js';
import type { StoreContext } from './store-context.js';
import type { StoreFunction, StoreFunctionIdentity } from './store-types.js';

/** The stored entries of one function. */
export function createStoreFunction(context: StoreContext, identity: StoreFunctionIdentity): StoreFunction {
  const { options, names, guard, queue, outbox } = context;
  const fn = names.function(identity.name, identity.version);

  function damaged(key: string, call: CallNames, why: string, cause?: unknown): void {
    const error = storeDamaged(identity.shown, why, cause);
    options.emit({ type: 'storeDamaged', cache: options.cache, fn: identity.shown, key, error });
    if (!context.isOpen()) return;
    void queue.put(call.entry, () => guard.send('delete a damaged entry', (port) => port.delete(call.entry)));
  }

  return {
    lookup(key, tags) {
      const call = fn.call(key);
      const onDamaged = (why: string): void => damaged(key, call, why);
      return lookUp(context, { call, names: fenceNames(names, fn, call, tags), onDamaged });
    },
    begin: (key, tags) => beginRun(context, fenceNames(names, fn, fn.call(key), tags)),
    async keep(key, begun, entry) {
      if (!(begun instanceof RunFences) || !context.isOpen()) return undefined;
      const call = fn.call(key);
      const known = fenceNames(names, fn, call, [...begun.tags.keys()]);
      const createdAt = options.clock.wallTime();
      const keeping: Keeping = { identity, key, call, names: known, run: begun, entry, createdAt };
      if (mayBeKept(context, keeping)) await queue.put(call.entry, () => writeEntry(context, keeping));
      return undefined;
    },
    delete: (key) => outbox.post(deleteCall(context, fn, fn.call(key))),
    expire: (key) => outbox.post(deleteCall(context, fn, fn.call(key))),
    clear: () => outbox.post(clearFunction(context, fn)),
    damaged: (key, why, cause) => damaged(key, fn.call(key), why, cause),
  };
}
