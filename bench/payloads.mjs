// What is cached in the benchmarks. The same in every process: nothing here is random.

/** A small object of 5 fields. */
function small() {
  return { id: 42, name: 'Ada Lovelace', email: 'ada@example.org', active: true, score: 0.75 };
}

/** 100 rows of 8 fields, one of them a Date. */
function rows() {
  return Array.from({ length: 100 }, (_, index) => ({
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

export const payloads = { 'small object': small, '100 rows': rows, '18 KB document': document };
