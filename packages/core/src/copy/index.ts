export { checkCodecs, codecsOf, type CodecList, type Codecs } from './codecs.js';
export { defineCodec, recordCodec, type ClassOf, type Codec, type CodecOptions } from './define-codec.js';
export { adopt, keep, type Kept, type KeepOptions } from './keep.js';
export { arrayBytes, primitiveBytes, stringBytes } from './weigh.js';
