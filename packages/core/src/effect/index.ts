/** What acts again whenever a kept result is handed out. */

export { Effects, type EffectOptions } from './effects.js';
export { placeIn, type Acts, type Performer, type Place, type Script } from './script.js';
