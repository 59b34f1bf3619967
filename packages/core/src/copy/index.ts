export { checkCodecs, codecsOf, type CodecList, type Codecs } from './codecs.js';
export type { Findings } from './copier.js';
export { defineCodec, recordCodec, type ClassOf, type Codec, type CodecOptions } from './define-codec.js';
export { adopt, adoptTree, keep, type Kept, type KeepOptions, type Settled } from './keep.js';
export { arrayBytes, primitiveBytes, stringBytes } from './weigh.js';
export { Reading } from './shape/index.js';
