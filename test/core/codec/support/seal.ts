import { crc32 } from 'node:zlib';

/** Where the sections of a frame begin. */
export const HEADER_LENGTH = 22;

/** A frame of these sections, as another release or another program would seal it: with the length and checksum they have. */
export function sealed(sections: string, version = '03'): string {
  const head = `mpnd${version}${hex(HEADER_LENGTH + sections.length)}`;
  return head + hex(crc32(head + sections)) + sections;
}

/** A text with the length that it has where a frame says it, and nothing else changed. */
export function withLength(text: string): string {
  return text.slice(0, 6) + hex(text.length) + text.slice(14);
}

function hex(value: number): string {
  return value.toString(16).padStart(8, '0');
}
