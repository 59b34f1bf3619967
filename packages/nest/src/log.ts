import type { CacheLogger, CloseReport } from '@millpond/core';
import { Logger } from '@nestjs/common';

/** The adapter's voice in Nest's log. */
const nestLogger = new Logger('Millpond');

/** Tells the trouble of the cache, and of decorated methods that run uncached. */
export const trouble: CacheLogger = { warn: (message) => nestLogger.warn(message) };

/** Tells what could not be let go of at the end: Nest 12 lets no hook fail `app.close()`, so nobody else would. */
export function reportClose({ failures }: CloseReport): void {
  for (const failure of failures) nestLogger.error(failure.message, failure.stack);
}
