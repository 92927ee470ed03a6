import type { Logger, Runtime } from '@tributary/component';
import { consoleEncoding, isAtLeast, jsonEncoding } from './log-encoding.js';
import { entryLogger, type Entry } from './log-entry.js';
import { createOutput } from './log-output.js';
import { createSampler } from './log-sampler.js';
import type { TelemetryPart } from './part.js';
import type { TelemetryResource } from './resource.js';
import type { LogSettings } from './settings.js';

/** Gets a copy of every line that is written. */
export type EntryListener = (entry: Entry) => void;

/** The log of a collector by its config. */
export interface TelemetryLog {
  readonly logger: Logger;
  /** The same without copies: for those who send the copies. */
  readonly withoutCopies: Logger;
  /** Opens the files at start; at shutdown, writes what waits. */
  readonly outputs: TelemetryPart;
  readonly listeners: Set<EntryListener>;
}

/**
 * The log by `service.telemetry.logs`. `sink`, where the program has a logger of its own, takes the place of
 * encoding and outputs.
 */
export function createTelemetryLog(
  settings: LogSettings,
  resource: () => TelemetryResource,
  runtime: () => Runtime,
  sink: Logger | undefined,
): TelemetryLog {
  const { level, development, encoding, sampling, initial_fields: initialFields } = settings;
  const files = (): Runtime['fs'] => runtime().fs;
  const errors = settings.error_output_paths.map((path) => createOutput(path, files, () => {}));
  const onError = (message: string): void => {
    const line = `${new Date(runtime().clock.now()).toISOString()} write error: ${message}\n`;
    for (const output of errors) output.write(line);
  };
  const outputs =
    sink === undefined ? settings.output_paths.map((path) => createOutput(path, files, onError)) : [];
  const stackLevel = settings.disable_stacktrace ? undefined : development ? 'warn' : 'error';
  const encode = encoding === 'json' ? jsonEncoding(stackLevel) : consoleEncoding(stackLevel);
  const isSampled = sampling.enabled ? createSampler(sampling) : () => true;
  const listeners = new Set<EntryListener>();
  const least =
    level === 'debug' || level === 'info' || level === 'warn' || level === 'error' ? level : undefined;

  function write(entry: Entry, isCopied: boolean): void {
    if (least === undefined || !isAtLeast(entry.level, least) || !isSampled(entry)) return;
    const full = { ...entry, fields: { ...initialFields, ...entry.fields } };
    if (isCopied) for (const listener of listeners) listener(full);
    if (sink !== undefined) {
      sink[entry.level](entry.message, full.fields);
      return;
    }
    const fields = settings.disable_zap_resource
      ? full.fields
      : { resource: resource().attributes, ...full.fields };
    const line = encode({ ...entry, fields });
    for (const output of outputs) output.write(line);
  }

  const now = (): number => runtime().clock.now();
  const all = [...outputs, ...(sink === undefined ? errors : [])];
  return {
    logger: entryLogger(now, (entry) => write(entry, true)),
    withoutCopies: entryLogger(now, (entry) => write(entry, false)),
    listeners,
    outputs: {
      async start() {
        for (const output of all) await output.open();
      },
      async shutdown() {
        // The errors last: what goes wrong with the others is told there.
        for (const output of all) await output.close();
      },
    },
  };
}
