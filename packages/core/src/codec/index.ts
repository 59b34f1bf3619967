export { decodeValue } from './decode.js';
export { encodeValue } from './encode.js';
export { decodeFrame, encodeFrame, type DecodedFrame, type Frame, type FrameFault } from './frame.js';
