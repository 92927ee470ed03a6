// Loaded when the collector starts, and only where its log is sent somewhere.
import type { Runtime, Timer } from '@tributary/component';
import { Logs, type LogRecordInit } from '@tributary/pdata';
import { plainFields } from './log-encoding.js';
import type { Entry } from './log-entry.js';
import type { TelemetryPart } from './part.js';
import { engineScope } from './figures.js';
import type { TelemetryResource } from './resource.js';
import type { LogProcessorSettings } from './settings.js';
import { createPusher } from './otlp.js';

/** Sends lines of the log. */
export interface LogPush extends TelemetryPart {
  add(entry: Entry): void;
}

/**
 * Gathers lines and sends them, one batch at a time. `runtime.logger` must not lead back here: what is
 * wrong with sending would else be sent.
 */
export function createLogPush(
  settings: LogProcessorSettings,
  runtime: Runtime,
  resource: TelemetryResource,
): LogPush {
  const { clock, logger } = runtime;
  const { max_queue_size: maxQueue, max_export_batch_size: maxBatch } = settings;
  const pusher = createPusher(settings.otlp, runtime);
  const closing = new AbortController();
  let waiting: Entry[] = [];
  let lost = 0;
  let isOpen = false;
  let timer: Timer | undefined;
  let sending: Promise<void> | undefined;

  /** Sends what waits while there are so many. */
  async function drain(least: number): Promise<void> {
    while (waiting.length >= least && !closing.signal.aborted) {
      const entries = waiting.slice(0, maxBatch);
      waiting = waiting.slice(maxBatch);
      try {
        await pusher.push(batchOf(entries, resource), settings.export_timeout, closing.signal);
      } catch (error) {
        logger.error('Lines of the log could not be sent', { error, lost_lines: entries.length });
      }
      tellLost();
    }
  }

  function tellLost(): void {
    if (lost === 0) return;
    logger.warn('Lines of the log were not sent', { lost_lines: lost });
    lost = 0;
  }

  function send(least: number): void {
    timer?.stop();
    timer = undefined;
    sending ??= drain(least).finally(() => {
      sending = undefined;
      if (waiting.length > 0) schedule();
    });
  }

  function schedule(): void {
    if (!isOpen || sending !== undefined) return;
    if (waiting.length >= maxBatch) send(maxBatch);
    else timer ??= clock.after(settings.schedule_delay, () => send(1));
  }

  return {
    add(entry) {
      if (waiting.length >= maxQueue) {
        lost++;
        return;
      }
      waiting.push(entry);
      schedule();
    },
    async start() {
      await pusher.open();
      isOpen = true;
      if (waiting.length > 0) schedule();
    },
    async shutdown(grace) {
      if (!isOpen) return;
      isOpen = false;
      timer?.stop();
      grace.addEventListener('abort', () => closing.abort(), { once: true });
      if (grace.aborted) closing.abort();
      await sending;
      await drain(1);
      lost += waiting.length;
      waiting = [];
      tellLost();
      await pusher.close();
    },
  };
}

function batchOf(entries: readonly Entry[], { attributes, schemaUrl }: TelemetryResource): Logs {
  const logs = Logs.create();
  const scope = logs
    .addResourceLogs({ resource: { attributes }, ...(schemaUrl !== undefined && { schemaUrl }) })
    .addScope({ scope: { name: engineScope } });
  for (const entry of entries) scope.add(recordOf(entry));
  return logs;
}

function recordOf({ level, timeMs, message, fields }: Entry): LogRecordInit {
  const timeUnixNano = BigInt(Math.round(timeMs * 1000)) * 1000n;
  return {
    timeUnixNano,
    observedTimeUnixNano: timeUnixNano,
    severityNumber: level,
    severityText: level,
    body: message,
    attributes: plainFields(fields),
  };
}
