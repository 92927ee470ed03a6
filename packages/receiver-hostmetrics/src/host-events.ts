import { receiverMetrics, type Component, type ReceiverSettings, type Timer } from '@tributary/component';
import { Logs } from '@tributary/pdata';
import type { HostMetricsReceiverSettings } from './config.js';
import { handOn } from './hand-on.js';

/**
 * Says that the host is there, once and at each interval, as an event of entities in a log record. Which host it
 * is says the resource, by a processor.
 */
export function createHostEvents({
  clock,
  ledger,
  meter,
  config,
  next,
}: Pick<
  ReceiverSettings<HostMetricsReceiverSettings, 'logs'>,
  'clock' | 'ledger' | 'meter' | 'config' | 'next'
>): Component {
  const interval = config.metadata_collection_interval;
  const received = receiverMetrics(meter, 'logs', '');
  let timer: Timer | undefined;
  let running: Promise<void> | undefined;
  let isClosed = false;

  function tell(): Promise<void> {
    const message = 'The pipeline has refused an event of the host; the next one says the same.';
    return handOn(hostEvent(clock.now(), interval), { next, ledger, received }, message);
  }

  function run(): Promise<void> {
    running = tell().finally(() => (running = undefined));
    return running;
  }

  return {
    start() {
      if (timer !== undefined || isClosed) throw new Error('a host_metrics receiver starts once');
      if (interval === 0) return;
      // Not within the start: the pipeline behind may begin after this receiver.
      timer = clock.after(0, () => {
        void run();
        timer = clock.every(interval, () => running ?? run());
      });
    },
    async shutdown() {
      isClosed = true;
      timer?.stop();
      await running;
    },
  };
}

function hostEvent(nowMs: number, interval: number): Logs {
  const logs = Logs.create();
  logs
    .addResourceLogs()
    .addScope({ scope: { attributes: { 'otel.entity.event_as_log': true } } })
    .add({
      timeUnixNano: BigInt(Math.round(nowMs)) * 1_000_000n,
      attributes: {
        'otel.entity.event.type': 'entity_state',
        'otel.entity.type': 'host',
        'otel.entity.interval': interval,
      },
    });
  return logs;
}
