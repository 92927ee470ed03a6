import type { Logger } from '@tributary/component';
import { positionOf, type Diagnostic } from '@tributary/config';

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

function textOf(place: NonNullable<Diagnostic['place']>): string {
  const { line, column } = positionOf(place);
  return `${place.source.name}:${line}:${column}`;
}
