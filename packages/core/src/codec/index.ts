export { decode, decodeValue, type Decoded } from './decode.js';
export { encodeKept, encodeValue } from './encode.js';
export {
  decodeFrame,
  encodeBranch,
  encodeFrame,
  writtenId,
  type Branch,
  type DecodedFrame,
  type ExpectedId,
  type Frame,
  type FrameFault,
} from './frame.js';
