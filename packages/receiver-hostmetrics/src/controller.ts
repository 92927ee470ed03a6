import { receiverMetrics, type Component, type ReceiverSettings, type Timer } from '@tributary/component';
import { Metrics } from '@tributary/pdata';
import type { HostMetricsReceiverSettings } from './config.js';
import type { Host } from './host/host.js';
import { handOn } from './hand-on.js';
import type { GroupHead, MetricGroup } from './metric-set.js';
import type { Scrape, Scraper } from './scrapers/scraper.js';

const scopePrefix =
  'github.com/open-telemetry/opentelemetry-collector-contrib/receiver/hostmetricsreceiver/internal/scraper/';
const schemaUrl = 'https://opentelemetry.io/schemas/1.9.0';

type Settings = Pick<
  ReceiverSettings<HostMetricsReceiverSettings, 'metrics'>,
  'clock' | 'logger' | 'meter' | 'ledger' | 'config' | 'next'
>;

/** Scrapes one after another, at each tick, and hands what they found to the pipeline in one batch. */
export function createController(
  { clock, logger, meter, ledger, config, next }: Settings,
  host: Host,
  scrapers: readonly (readonly [name: string, scraper: Scraper])[],
): Component {
  const scraped = meter.createCounter('otelcol_scraper_scraped_metric_points', {
    unit: '{datapoints}',
    description: 'Number of metric points successfully scraped.',
  });
  const errored = meter.createCounter('otelcol_scraper_errored_metric_points', {
    unit: '{datapoints}',
    description: 'Number of metric points that were unable to be scraped.',
  });
  const received = receiverMetrics(meter, 'metrics', '');
  let timer: Timer | undefined;
  let running: Promise<void> | undefined;
  let isClosed = false;

  /** Resolves with what one scraper finds. */
  async function scrapeOne(
    name: string,
    scraper: Scraper,
    nowMs: number,
    deadline: number,
  ): Promise<readonly MetricGroup[]> {
    let groups: MetricGroup[] = [];
    const errors: string[] = [];
    let failed = 0;
    const scrape: Scrape = {
      nowMs,
      emit(set, head) {
        const group = set.take(headOf(name, nowMs, head));
        if (group !== undefined) groups.push(group);
      },
      fail(error, metrics) {
        errors.push((error as Error).message);
        failed += metrics;
      },
      async pause() {
        await clock.sleep(0);
        if (isClosed) throw new Error('the receiver shuts down');
        if (clock.monotonic() >= deadline) throw new Error('context deadline exceeded');
      },
    };
    try {
      if (clock.monotonic() >= deadline) throw new Error('context deadline exceeded');
      // Where it cannot be told, no point can be written, and none must wait for the next scrape.
      host.bootTime();
      await scraper.scrape(scrape);
    } catch (error) {
      if (isClosed) return [];
      groups = [];
      scrape.fail(error, 1);
    }
    const attributes = { scraper: name };
    const points = groups.reduce((sum, group) => sum + group.points, 0);
    if (points > 0) scraped.add(points, attributes);
    if (failed > 0) errored.add(failed, attributes);
    if (errors.length > 0) {
      logger.error('Error scraping metrics', { scraper: name, error: summary(errors) });
    }
    return groups;
  }

  function headOf(name: string, nowMs: number, part: Partial<GroupHead> = {}): GroupHead {
    return {
      scope: `${scopePrefix}${name}scraper`,
      schemaUrl,
      start: part.start ?? BigInt(host.bootTime()) * 1_000_000_000n,
      now: BigInt(Math.round(nowMs * 1000)) * 1000n,
      ...part,
    };
  }

  async function tick(): Promise<void> {
    const nowMs = clock.now();
    const deadline = config.timeout > 0 ? clock.monotonic() + config.timeout : Infinity;
    host.begin();
    const batch = Metrics.create();
    for (const [name, scraper] of scrapers) {
      for (const { init } of await scrapeOne(name, scraper, nowMs, deadline)) batch.addResourceMetrics(init);
      if (isClosed) return;
    }
    if (batch.itemCount === 0) return;
    // Nobody keeps what was measured: the next scrape comes with new values.
    await handOn(batch, { next, ledger, received }, 'The pipeline has refused metrics of the host.');
  }

  function run(): Promise<void> {
    running = tick()
      .catch((error: unknown) => logger.error('Error scraping metrics', { error: String(error) }))
      .finally(() => (running = undefined));
    return running;
  }

  function begin(): void {
    void run();
    timer = clock.every(config.collection_interval, () => running ?? run());
  }

  return {
    start() {
      if (config.initial_delay > 0) timer = clock.after(config.initial_delay, begin);
      else begin();
    },
    async shutdown() {
      isClosed = true;
      timer?.stop();
      await running;
      host.close();
    },
  };
}

/** Of many errors of one kind, such as those of processes, the log has the first. */
const mostErrors = 10;

function summary(errors: readonly string[]): string {
  const shown = errors.slice(0, mostErrors).join('; ');
  return errors.length > mostErrors ? `${shown}; and ${errors.length - mostErrors} more` : shown;
}
