import { codecBenchmark, codecCases } from './codec.mjs';

export default codecBenchmark('size', {
  title: 'The size of a stored value',
  about: 'Bytes of UTF-8, or bytes as they are.',
  unit: 'B',
  cases: codecCases,
});
