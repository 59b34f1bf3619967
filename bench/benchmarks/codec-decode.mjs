import { codecBenchmark, codecCases } from './codec.mjs';

export default codecBenchmark('decode', {
  title: 'Reading a stored value',
  about: 'CPU time of making the value of its stored text or bytes, without the store.',
  unit: 'ns',
  cases: codecCases,
});
