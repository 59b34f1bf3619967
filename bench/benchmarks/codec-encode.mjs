import { codecBenchmark, codecCases } from './codec.mjs';

export default codecBenchmark('encode', {
  title: 'Writing a value',
  about: 'CPU time of making the text or the bytes that are stored.',
  unit: 'ns',
  cases: codecCases,
});
