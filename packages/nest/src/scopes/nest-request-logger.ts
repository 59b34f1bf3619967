import type { RequestLogger } from '@millpond/core';
import { Logger } from '@nestjs/common';

const logger = new Logger('Request');

/** Writes what `logLine` is given to the log of Nest: what is beside the message follows it. */
export const nestRequestLogger: RequestLogger = {
  debug: (data, message) => logger.debug(...line(data, message)),
  info: (data, message) => logger.log(...line(data, message)),
  warn: (data, message) => logger.warn(...line(data, message)),
  error: (data, message) => logger.error(...line(data, message)),
};

function line(data: object, message: string): [message: string, ...beside: object[]] {
  return Object.keys(data).length === 0 ? [message] : [message, data];
}
