import type { AttributeInput, Component, Settings, Timer } from '@tributary/component';
import { askAll, type Asked } from './ask-all.js';
import type { Completed } from './config.js';
import { messageOf } from './detector.js';
import { merged } from './merge.js';
import { createDetectionMetrics } from './metrics.js';
import type { Surroundings } from './surroundings.js';

/** What all detectors together have found: attributes in the order of the list. */
export interface DetectedResource {
  readonly attributes: readonly (readonly [key: string, value: AttributeInput])[];
  /** Empty where no detector knows one. */
  readonly schemaUrl: string;
}

/** Finds out once for all pipelines of a processor, and again where it is told to. */
export interface Detection extends Component {
  /** What is known now; nothing before `start`. */
  readonly resource: DetectedResource;
}

const nothing: DetectedResource = { attributes: [], schemaUrl: '' };

export function createDetection(settings: Settings<Completed>, surroundings: Surroundings): Detection {
  const { config, clock, logger } = settings;
  const end = new AbortController();
  const metrics = createDetectionMetrics(settings.meter, () => resource.attributes.length);
  let resource = nothing;
  let timer: Timer | undefined;
  let running: Promise<void> = Promise.resolve();

  /** Asks all; throws where one of them failed. */
  async function detect(): Promise<void> {
    logger.info('began detecting resource information');
    const asked = await askAll({ config, surroundings, runtime: settings }, end.signal, metrics);
    tell(asked);
    const failures = asked.filter((one) => one.outcome === 'failure');
    if (failures.length > 0) {
      const said = failures.map(({ detector, error }) => `${detector}: ${messageOf(error)}`).join('; ');
      throw new Error(`resource detection failed: ${said}`, { cause: failures[0]?.error });
    }
    resource = merged(asked.flatMap((one) => (one.outcome === 'found' ? [one.found] : [])));
    logger.info('detected resource information', { detected: Object.fromEntries(resource.attributes) });
  }

  function tell(asked: readonly Asked[]): void {
    for (const one of asked) {
      if (one.outcome === 'absent') {
        const level = one.absent.warns === true ? 'warn' : 'debug';
        logger[level](`${one.detector}: not on this platform`, { reason: one.absent.absent });
      }
      if (one.outcome === 'failure') {
        logger.warn('failed to detect resource', { detector: one.detector, error: messageOf(one.error) });
      }
    }
  }

  async function refresh(): Promise<void> {
    try {
      await detect();
    } catch (error) {
      if (!end.signal.aborted) {
        logger.warn('resource refresh failed; keeping previous snapshot', { error: messageOf(error) });
      }
    }
  }

  return {
    get resource() {
      return resource;
    },
    async start() {
      if (config.ec2.fail_on_missing_metadata) {
        logger.warn('ec2.fail_on_missing_metadata is deprecated; use fail_on_missing_metadata');
      }
      running = detect();
      await running;
      if (config.refresh_interval > 0 && !end.signal.aborted) {
        timer = clock.every(config.refresh_interval, () => (running = refresh()));
      }
    },
    async shutdown() {
      timer?.stop();
      end.abort(new Error('the collector shuts down'));
      metrics.end();
      // Whoever started it hears of its failure.
      await running.catch(() => {});
    },
  };
}
