/** What ends a request: it comes also when the client goes away. */
export interface Closing {
  readonly closed?: boolean | undefined;
  /** That of HTTP/2, whose responses do not tell themselves whether they are closed. */
  readonly stream?: { readonly closed?: boolean | undefined } | undefined;
  once(event: 'close', listener: () => void): unknown;
}

/**
 * Calls a listener when a response of Node (HTTP/1 or HTTP/2) is closed; at once when it is already, since the client may have left
 * while something before this was waited for: then there is nothing more to hear.
 */
export function whenClosed(response: Closing, listener: () => void): void {
  if (response.closed === true || response.stream?.closed === true) listener();
  else response.once('close', listener);
}
