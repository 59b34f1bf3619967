import type { ExchangedResponse } from './request-exchanges.js';

/** The part of Fastify's reply that is used. */
interface Reply {
  readonly raw: { readonly headersSent: boolean };
  readonly sent: boolean;
  header(name: string, value: string): unknown;
  getHeader(name: string): unknown;
  code(status: number): unknown;
}

/** What an adapter tells of a reply of Fastify, and of Nest on Fastify: headers and status are kept there until they are sent. */
export function replyResponse(reply: Reply): ExchangedResponse {
  return {
    isSent: () => reply.sent || reply.raw.headersSent,
    getHeader: (name) => reply.getHeader(name),
    setHeader: (name, value) => void reply.header(name, value),
    // Of this one header Fastify keeps all that is set.
    addCookie: (text) => void reply.header('set-cookie', text),
    setStatus: (code) => void reply.code(code),
  };
}
