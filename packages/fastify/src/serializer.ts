import type { Serialize } from '@millpond/core/http';

/** The part of Fastify's reply that knows the route's response schemas. */
export interface SerializingReply {
  getSerializationFunction(status: string, contentType?: string): unknown;
}

/** The response schemas that Fastify applies to a 200, in its order of preference. */
const STATUSES = ['200', '2xx', 'default'];
const TYPES = ['application/json', '*/*'];

/**
 * What the response schema of the route makes of a value: it may leave out what nobody is to see, so a cached answer
 * goes through it as any other does, once, when it is made. Undefined for a route without one.
 *
 * A serializer of one reply (`reply.serializer()`) has no part in it: it may have been chosen by what the key does not
 * cover.
 */
export function serializerOf(reply: SerializingReply): Serialize | undefined {
  for (const status of STATUSES) {
    const found = reply.getSerializationFunction(status);
    if (isSerialize(found)) return found;
    if (found !== undefined) return ofJson(reply, status);
  }
  return undefined;
}

/** Where the schema has one part for each content type: ours is JSON. */
function ofJson(reply: SerializingReply, status: string): Serialize | undefined {
  for (const type of TYPES) {
    const found = reply.getSerializationFunction(status, type);
    if (isSerialize(found)) return found;
  }
  return undefined;
}

function isSerialize(found: unknown): found is Serialize {
  return typeof found === 'function';
}
