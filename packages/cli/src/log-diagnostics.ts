import type { Logger } from '@tributary/component';
import { ConfigurationError, positionOf, type Diagnostic } from '@tributary/config';

/** Writes diagnostics to a log, each in one line: where no terminal is, programs read. */
export function logDiagnostics(logger: Logger, diagnostics: readonly Diagnostic[]): void {
  for (const { severity, code, path, message, hint, place } of diagnostics) {
    const say = severity === 'error' ? 'error' : 'warn';
    logger[say](path.length === 0 ? message : `${path.join('.')}: ${message}`, {
      code,
      ...(place !== undefined && { at: textOf(place) }),
      ...(hint !== undefined && { hint }),
    });
  }
}

/** Tells why something failed; the mistakes of a configuration each by themselves. */
export function logFailure(logger: Logger, message: string, error: unknown): void {
  if (!ConfigurationError.is(error)) return logger.error(message, { error });
  logger.error(message);
  logDiagnostics(logger, error.diagnostics);
}

function textOf(place: NonNullable<Diagnostic['place']>): string {
  const { line, column } = positionOf(place);
  return `${place.source.name}:${line}:${column}`;
}
