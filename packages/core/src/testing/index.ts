export { createFaultyStore, type FaultyStore, type StoreCall, type StoreOperation } from './faulty-store.js';
export type { MillpondMatchers } from './matcher-types.js';
export { millpondMatchers, type MatcherResult } from './matchers.js';
export { createPassThroughCache } from './pass-through-cache.js';
export { createTestClock, type TestClock } from './test-clock.js';
