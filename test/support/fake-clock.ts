// The clock of the test kit, under the name that it has in these tests.
export { createTestClock as fakeClock, type TestClock as FakeClock } from '@millpond/core/testing';
export { settle } from '../../packages/core/src/testing/settle.js';
