/**
 * Whether the engine's own JSON.parse gives back what JSON.stringify has written. That of Node 24 does not always: it takes
 * a property name that begins with an escape (`\n`, `\"`) for the name `\`, where an object was made before that has the same
 * properties and then one of that name. Nothing that reads JSON with it can be faithful then.
 */
export function engineReads(text: string): boolean {
  const json = text.startsWith('~') ? text.slice(2) : text;
  return JSON.stringify(JSON.parse(json)) === json;
}
