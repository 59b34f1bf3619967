import type { ServerResponse } from 'node:http';
import type { ExchangedResponse } from './request-exchanges.js';

/** The part of Node's response that is used. */
type NodeResponse = Pick<ServerResponse, 'headersSent' | 'statusCode' | 'getHeader' | 'setHeader' | 'appendHeader'>;

/** What an adapter tells of a response that is Node's own, as it is in Express, and below Nest on Express. */
export function nodeResponse(response: NodeResponse): ExchangedResponse {
  return {
    isSent: () => response.headersSent,
    getHeader: (name) => response.getHeader(name),
    setHeader: (name, value) => void response.setHeader(name, value),
    addCookie: (text) => void response.appendHeader('set-cookie', text),
    setStatus: (code) => void (response.statusCode = code),
  };
}
