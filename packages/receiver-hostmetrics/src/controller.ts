import {
  background,
  ConsumeError,
  receiverMetrics,
  type Component,
  type Consumer,
  type ReceiverSettings,
  type Timer,
} from '@tributary/component';
import { Metrics } from '@tributary/pdata';
import type { HostMetricsReceiverSettings } from './config.js';
import type { Host } from './host/host.js';
import type { GroupHead } from './metric-set.js';
import type { Scrape, Scraper } from './scrapers/scraper.js';
import { WireWriter } from './wire.js';

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
  const writer = new WireWriter();
  let timer: Timer | undefined;
  let running: Promise<void> | undefined;
  let isClosed = false;

  /** What one scraper finds stands in the writer afterwards. */
  async function scrapeOne(name: string, scraper: Scraper, nowMs: number, deadline: number): Promise<void> {
    const begin = writer.length;
    const errors: string[] = [];
    let failed = 0;
    let points = 0;
    const scrape: Scrape = {
      nowMs,
      writer,
      head: (part) => headOf(name, nowMs, part),
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
      points = await scraper.scrape(scrape);
    } catch (error) {
      if (isClosed) return;
      // Nothing of it is in the batch, not even a part of a message.
      writer.truncate(begin);
      points = 0;
      scrape.fail(error, 1);
    }
    const attributes = { scraper: name };
    if (points > 0) scraped.add(points, attributes);
    if (errors.length === 0) return;
    if (failed > 0) errored.add(failed, attributes);
    logger.error('Error scraping metrics', { scraper: name, error: summary(errors) });
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
    writer.clear();
    for (const [name, scraper] of scrapers) {
      await scrapeOne(name, scraper, nowMs, deadline);
      if (isClosed) return;
    }
    if (writer.length === 0) return;
    await handOn(Metrics.from(writer.toBytes()), next);
  }

  async function handOn(batch: Metrics, next: Consumer<'metrics'>): Promise<void> {
    const items = batch.itemCount;
    ledger.created(items);
    try {
      await next.consume(batch, background);
      received.ended(items, 0);
    } catch (error) {
      const refused = ConsumeError.is(error) ? (error.rejected?.itemCount ?? items) : items;
      received.ended(items - refused, refused);
      // Nobody keeps what was measured: the next scrape comes with new values.
      const reason = ConsumeError.is(error) ? error.kind : 'error';
      ledger.dropped(refused, reason, {
        message: 'The pipeline has refused metrics of the host.',
        error: (error as Error).message,
      });
    }
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
