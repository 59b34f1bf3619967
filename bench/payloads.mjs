// What is cached in the benchmarks. The same in every process: nothing here is random.

/** An object of 5 fields. */
function small() {
  return { id: 42, name: 'Ada Lovelace', email: 'ada@example.org', active: true, score: 0.75 };
}

/** Rows of 8 fields, one of them a Date. */
export function rows(count) {
  return Array.from({ length: count }, (_, index) => ({
    id: index + 1,
    name: `Customer number ${index}`,
    email: `customer.${index}@example.org`,
    city: ['Berlin', 'Lisbon', 'Oslo', 'Turin'][index % 4],
    active: index % 3 !== 0,
    balance: index * 12.5,
    orders: index % 17,
    createdAt: new Date(1_700_000_000_000 + index * 86_400_000),
  }));
}

/** A nested JSON document of 18 KB. */
function document() {
  return {
    id: 'd-1001',
    title: 'Annual report',
    meta: { version: 3, locale: 'en', tags: ['report', 'finance', 'annual'], flags: { draft: false, signed: true } },
    sections: Array.from({ length: 24 }, (_, index) => ({
      heading: `Section ${index}`,
      body: `Paragraph ${index}. `.repeat(20),
      author: { id: index, name: `Author ${index}`, contact: { mail: `a${index}@example.org`, phone: null } },
      items: Array.from({ length: 5 }, (__, item) => ({
        sku: `S-${index}-${item}`,
        amount: item * 3,
        price: { value: index + item / 4, currency: 'EUR' },
      })),
      refs: [index, index + 1, index * 2],
    })),
  };
}

/** A megabyte of bytes. */
function megabyte() {
  return Buffer.alloc(1 << 20, 'millpond ');
}

/** By name: makes the value anew. */
export const payloads = {
  'a number': () => 42,
  'small object': small,
  '100 rows': () => rows(100),
  '10,000 rows': () => rows(10_000),
  '1 MB Buffer': megabyte,
  '18 KB document': document,
};

/** By name of a payload: how one would copy it by hand, knowing what it is: the least that a fresh copy can cost. */
export const byHand = {
  'a number': (value) => value,
  'small object': ({ id, name, email, active, score }) => ({ id, name, email, active, score }),
  '100 rows': copyRows,
  '10,000 rows': copyRows,
  '1 MB Buffer'(bytes) {
    const copy = Buffer.allocUnsafeSlow(bytes.length);
    copy.set(bytes);
    return copy;
  },
  '18 KB document': ({ id, title, meta, sections }) => ({
    id,
    title,
    meta: {
      version: meta.version,
      locale: meta.locale,
      tags: meta.tags.slice(),
      flags: { draft: meta.flags.draft, signed: meta.flags.signed },
    },
    sections: sections.map(copySection),
  }),
};

function copyRows(source) {
  // oxlint-disable-next-line unicorn/no-new-array -- its room is made at once
  const copy = new Array(source.length);
  for (let index = 0; index < source.length; index += 1) {
    const { id, name, email, city, active, balance, orders, createdAt } = source[index];
    copy[index] = { id, name, email, city, active, balance, orders, createdAt: new Date(createdAt.getTime()) };
  }
  return copy;
}

function copySection({ heading, body, author, items, refs }) {
  return {
    heading,
    body,
    author: { id: author.id, name: author.name, contact: { mail: author.contact.mail, phone: author.contact.phone } },
    items: items.map(({ sku, amount, price }) => ({
      sku,
      amount,
      price: { value: price.value, currency: price.currency },
    })),
    refs: refs.slice(),
  };
}

/**
 * How many different calls are made in turn. Of what is large there are few, so that the caches and not the machine's caches
 * are compared.
 */
export function callsOf(payload) {
  return payload === '10,000 rows' || payload === '1 MB Buffer' ? 4 : 64;
}
