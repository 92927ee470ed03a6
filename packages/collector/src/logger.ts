import type { Logger } from '@tributary/component';
import { isAtLeast, jsonEncoding } from './telemetry/log-encoding.js';
import { entryLogger } from './telemetry/log-entry.js';
import { streamOutput } from './telemetry/log-output.js';
import { systemNow } from './system-clock.js';

/** From the most to the least talkative; `silent` writes nothing. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/** Writes JSON lines to stderr, with the names of `encoding: json` of `service.telemetry.logs`; each at once. */
export function createLogger(options: { readonly level?: LogLevel } = {}): Logger {
  const { level: least = 'info' } = options;
  const encode = jsonEncoding('error');
  const output = streamOutput(2, () => {}); // Nobody could be told.
  return entryLogger(systemNow, (entry) => {
    if (least !== 'silent' && isAtLeast(entry.level, least)) output.write(encode(entry));
  });
}

/** A logger that adds the same fields to every line. */
export function withFields(logger: Logger, fields: Readonly<Record<string, unknown>>): Logger {
  return {
    debug: (message, more) => logger.debug(message, { ...fields, ...more }),
    info: (message, more) => logger.info(message, { ...fields, ...more }),
    warn: (message, more) => logger.warn(message, { ...fields, ...more }),
    error: (message, more) => logger.error(message, { ...fields, ...more }),
  };
}
