import { readdirSync, readFileSync } from 'node:fs';
import { encodeFrame, encodeValue } from '../../../../packages/core/src/codec/index.js';

const golden = new URL('../golden/', import.meta.url);

/** Frames of all kinds of values: those that are kept for ever, and some as they are written today. */
export function corpus(): readonly [string, ...string[]] {
  const kept = readdirSync(golden).map((file) => readFileSync(new URL(file, golden), 'utf8'));
  return [
    frameOf(encodeValue(rows())),
    frameOf(encodeValue(objects())),
    frameOf(encodeValue({ id: 1, name: 'Ada', tags: ['a'] })),
    ...kept,
  ];
}

function rows(): unknown {
  return Array.from({ length: 8 }, (_, id) => ({
    id,
    name: `user "${id}"`,
    at: new Date(1_700_000_000_000 + id),
    by: { name: `~${id}`, city: null },
    lines: [{ line: id }, { line: -0 }],
  }));
}

/** Of one shape, but with a name that no row has. */
function objects(): object[] {
  return Array.from({ length: 8 }, (_, id) => ({
    id,
    name: `user "${id}"`,
    score: id / 3,
    at: new Date(1_700_000_000_000 + id),
    active: id % 2 === 0,
    note: id % 3 === 0 ? null : undefined,
    ['__proto__']: id,
    nested: { list: [id, -0, '~'] },
  }));
}

function frameOf(payload: string): string {
  return encodeFrame({
    id: 'shop/load@1(s2:42)',
    createdAt: 1_700_000_000_000,
    computeMs: 1.5,
    ttl: 60_000,
    staleWhileRevalidate: undefined,
    staleIfError: 1000,
    fences: [['c', 'x'.repeat(22)]],
    tags: [['user:42', 'y'.repeat(22)]],
    effects: '[["log","a"]]',
    payload,
  });
}
