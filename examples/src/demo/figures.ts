import type { Metrics } from '@tributary/pdata';
import { perSignal } from './arrivals.js';
import type { Counts } from './messages.js';

const itemNames = { traces: 'spans', metrics: 'metric_points', logs: 'log_records' } as const;

/** What collectors tell about themselves: the last value of each counter, by `service.name`. */
export class Figures {
  readonly #services = new Map<string, Map<string, number>>();

  /** Takes all that one collector tells at a time; its counters count from its start. */
  take(metrics: Metrics): void {
    for (const metric of metrics.metrics()) {
      if (metric.sum === undefined) continue;
      const service = metric.resource.attributes.get('service.name') as string;
      const values = this.#services.get(service) ?? new Map<string, number>();
      this.#services.set(service, values);
      let value = 0;
      for (const point of metric.sum.dataPoints()) {
        value += Number(point.value);
        if (!metric.name.startsWith('otelcol_processor_')) continue;
        for (const [, of] of point.attributes) {
          if (typeof of === 'string') values.set(`${metric.name} ${of}`, Number(point.value));
        }
      }
      values.set(metric.name, value);
    }
  }

  /** Items that the receivers of a collector took. */
  received(service: string): Counts {
    return this.#items(service, 'otelcol_receiver_accepted');
  }

  /** Items that the exporters of a collector got rid of. */
  exported(service: string): Counts {
    return this.#items(service, 'otelcol_exporter_sent');
  }

  /** Spans that tail sampling did not keep. */
  sampledAway(service: string): number {
    const values = this.#services.get(service);
    const [incoming = 0, outgoing = 0] = ['incoming', 'outgoing'].map((way) =>
      values?.get(`otelcol_processor_${way}_items tail_sampling`),
    );
    return incoming - outgoing;
  }

  #items(service: string, name: string): Counts {
    const values = this.#services.get(service);
    return perSignal((signal) => values?.get(`${name}_${itemNames[signal]}`) ?? 0);
  }
}
