export { adopt, keep, type Kept, type KeepOptions } from './keep.js';
