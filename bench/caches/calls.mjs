/*
 * The ways in which cached functions are called: with one string, with an object made anew for each call, with three
 * primitives. Each is a function of its own with as many parameters, as a user would write it.
 */

const strings = Array.from({ length: 64 }, (_, index) => `user-${index}`);

/**
 * By name: `call(act, index)` makes one call; `loop(act, count, mask)` makes so many, `loopAsync` awaits each; `keyed(read)`
 * turns a cache that knows only string keys into a function of such arguments, with the key that its users would make;
 * `fn(run)` and `fnAsync(run)` are the functions to be wrapped; `slot` says how an entry is found by hand.
 */

export const styles = {
  'a string': {
    kind: 'string',
    call: (act, index) => act(index < 64 ? strings[index] : `user-${index}`),
    keyed: (read) => (id) => read(id, id),
    fn: (run) => (_id) => run(),
    fnAsync: (run) => async (_id) => run(),
    slot: (id) => id,
    loop: (act, count, mask, sink) => {
      for (let index = 0; index < count; index += 1) sink.value = act(strings[index & mask]);
    },
    loopAsync: async (act, count, mask, sink) => {
      for (let index = 0; index < count; index += 1) sink.value = await act(strings[index & mask]);
    },
  },
  'an object': {
    kind: 'object',
    call: (act, index) => act({ id: index, page: 1, filter: { status: 'open', tag: 'blue' } }),
    keyed: (read) => (query) => read(JSON.stringify(query), query),
    fn: (run) => (_query) => run(),
    fnAsync: (run) => async (_query) => run(),
    slot: (query) => query.id,
    loop: (act, count, mask, sink) => {
      for (let index = 0; index < count; index += 1) {
        sink.value = act({ id: index & mask, page: 1, filter: { status: 'open', tag: 'blue' } });
      }
    },
    loopAsync: async (act, count, mask, sink) => {
      for (let index = 0; index < count; index += 1) {
        sink.value = await act({ id: index & mask, page: 1, filter: { status: 'open', tag: 'blue' } });
      }
    },
  },
  'three primitives': {
    kind: 'three',
    call: (act, index) => act(index, 'de', true),
    keyed: (read) => (id, language, brief) => read(JSON.stringify([id, language, brief]), [id, language, brief]),
    fn: (run) => (_id, _language, _brief) => run(),
    fnAsync: (run) => async (_id, _language, _brief) => run(),
    slot: (id, _language, _brief) => id,
    loop: (act, count, mask, sink) => {
      for (let index = 0; index < count; index += 1) sink.value = act(index & mask, 'de', true);
    },
    loopAsync: async (act, count, mask, sink) => {
      for (let index = 0; index < count; index += 1) sink.value = await act(index & mask, 'de', true);
    },
  },
};
