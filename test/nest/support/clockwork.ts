import { Injectable } from '@nestjs/common';
import { CacheData, CacheResource, InjectCache, type Cache } from '@millpond/nest';

/** A provider with a cached method and a cached resource, which counts what is done. */
@Injectable()
export class Clockwork {
  runs = 0;
  released = 0;

  constructor(@InjectCache() readonly cache: Cache) {}

  @CacheData()
  async tick(): Promise<number> {
    return (this.runs += 1);
  }

  @CacheResource({
    onRelease(this: Clockwork) {
      this.released += 1;
    },
  })
  async spring(): Promise<object> {
    return {};
  }
}
