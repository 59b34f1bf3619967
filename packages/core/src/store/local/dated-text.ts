/**
 * Text with the instant of its end before it: `MPD1`, the milliseconds since 1970 in 16 digits, a line end; then the
 * text. The head is ASCII, so that its length is the same in bytes.
 */
const HEAD = /^MPD1 (\d{16})\n/;

/** How long the head is, in characters and in bytes. */
export const HEAD_LENGTH: number = 'MPD1 '.length + 16 + 1;

/** The latest instant that a head can tell. */
const LATEST = Number.MAX_SAFE_INTEGER;

/** The head of a text that ends at an instant, in milliseconds since 1970. */
export function headOf(end: number): string {
  return `MPD1 ${String(Math.min(LATEST, Math.ceil(end))).padStart(16, '0')}\n`;
}

/** The instant that a text begins with; undefined when it does not begin with one. */
export function endOf(text: string): number | undefined {
  const end = HEAD.exec(text)?.[1];
  return end === undefined ? undefined : Number(end);
}
