import type { Logger } from '@tributary/component';
import { pino } from 'pino';

/** From the most to the least talkative; `silent` writes nothing. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/** Writes JSON lines to stderr, through pino, which is set up at the first line. */
export function createLogger(options: { readonly level?: LogLevel } = {}): Logger {
  let made: pino.Logger | undefined;
  const logger = (): pino.Logger =>
    (made ??= pino(
      { level: options.level ?? 'info', serializers: { error: pino.stdSerializers.err } },
      pino.destination({ fd: 2, sync: true }),
    ));
  return {
    debug: (message, fields) => logger().debug(fields ?? {}, message),
    info: (message, fields) => logger().info(fields ?? {}, message),
    warn: (message, fields) => logger().warn(fields ?? {}, message),
    error: (message, fields) => logger().error(fields ?? {}, message),
  };
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
