import type { ConfiguredComponent, ConfiguredPipeline, EffectiveConfig } from '../effective-config.js';
import type { Plain } from '../to-yaml.js';
import type { Finding } from './finding.js';

type Rule = (config: EffectiveConfig) => Finding[];

/** What a stock OTLP receiver takes in one gRPC message. */
const stockLimitBytes = 4 * 2 ** 20;
/** A span with ten attributes, about. The default batch of 8192 items is then just what a stock receiver takes. */
const bytesPerItem = 512;

/** What a configuration may lose data by, or do to no purpose. */
export function lossesOf(config: EffectiveConfig): Finding[] {
  return rules.flatMap((rule) => rule(config));
}

/** Behind another processor it refuses what that one has already taken and done its work for. */
const memoryLimiterNotFirst: Rule = (config) =>
  config.pipelines.flatMap((pipeline) => {
    const index = pipeline.processors.findIndex(
      (id) => typeOf(config, 'processors', id) === 'memory_limiter',
    );
    if (index <= 0) return [];
    return {
      code: 'memory-limiter-not-first' as const,
      path: processorPath(pipeline, index),
      message: `memory_limiter stands behind ${pipeline.processors[index - 1]}, which works and holds data before anything is refused`,
      hint: 'put memory_limiter first',
    };
  });

/** What waits in the batch has been acknowledged, and is in memory alone. */
const batchBeforePersistentQueue: Rule = (config) =>
  config.pipelines.flatMap((pipeline) => {
    const [index] = acknowledgingBatches(config, pipeline);
    const exporter = exportersOf(config, pipeline).find(
      (each) =>
        isOn(each.config, 'sending_queue') && (at(each.config, 'sending_queue', 'storage') ?? null) !== null,
    );
    if (index === undefined || exporter === undefined) return [];
    return {
      code: 'batch-before-persistent-queue' as const,
      path: processorPath(pipeline, index),
      message: `a crash loses what waits in ${pipeline.processors[index]}, though ${exporter.id} keeps its queue on a disk`,
      hint: `take it out and use exporters.${exporter.id}.sending_queue.batch, or set wait_for_result: true`,
    };
  });

/** The sender gives up and sends again while the first copy is still being retried: twice, or lost. */
const retryWithoutQueue: Rule = (config) =>
  config.components.flatMap((exporter) => {
    const { section, id } = exporter;
    if (section !== 'exporters' || at(exporter.config, 'retry_on_failure', 'enabled') !== true) return [];
    if (at(exporter.config, 'sending_queue', 'enabled') !== false) return [];
    const isWaitedFor = config.pipelines.some(
      (pipeline) => pipeline.exporters.includes(id) && acknowledgingBatches(config, pipeline).length === 0,
    );
    if (!isWaitedFor) return [];
    return {
      code: 'retry-without-queue' as const,
      path: [section, id, 'sending_queue', 'enabled'],
      message: 'without a queue the sender waits while the exporter retries, and its deadline passes',
      hint: 'turn sending_queue on, or retry_on_failure off: the sender tries again itself',
    };
  });

/** A receiver that nobody has told otherwise refuses the message. */
const batchTooLarge: Rule = (config) => {
  const findings = new Map<string, Finding>();
  const add = (path: readonly string[], largest: number, hint: string): void => {
    const most = Math.floor(stockLimitBytes / bytesPerItem);
    findings.set(path.join('.'), {
      code: 'batch-too-large',
      path,
      message: `batches of ${largest} items may exceed the 4 MiB that a stock OTLP receiver takes (at ${bytesPerItem} bytes an item)`,
      hint: `${hint} to at most ${most}, or raise max_recv_msg_size_mib of the receiver that they go to`,
    });
  };
  for (const pipeline of config.pipelines) {
    const overGrpc = exportersOf(config, pipeline).filter(
      ({ definition }) => definition?.type === 'otlp_grpc',
    );
    for (const { id, config: exporter } of overGrpc) {
      const section = at(exporter, 'sending_queue', 'batch');
      if (section === undefined || !isOn(exporter, 'sending_queue', 'batch')) continue;
      const size = numberAt(section, 'max_size') || numberAt(section, 'min_size');
      if (at(section, 'sizer') !== 'bytes' && size * bytesPerItem > stockLimitBytes) {
        add(['exporters', id, 'sending_queue', 'batch', 'max_size'], size, 'set max_size');
      }
    }
    if (overGrpc.length === 0) continue;
    for (const id of pipeline.processors.filter((each) => typeOf(config, 'processors', each) === 'batch')) {
      const batch = config.component('processors', id)?.config;
      const bytes = numberAt(batch, 'send_batch_size_bytes');
      const size = numberAt(batch, 'send_batch_max_size') || numberAt(batch, 'send_batch_size');
      if ((bytes === 0 || bytes > stockLimitBytes) && size * bytesPerItem > stockLimitBytes) {
        const key = numberAt(batch, 'send_batch_max_size') > 0 ? 'send_batch_max_size' : 'send_batch_size';
        add(['processors', id, key], size, `set ${key}`);
      }
    }
  }
  return [...findings.values()];
};

/** The second waits for nothing but time, and hides from the first what became of its data. */
const batchedTwice: Rule = (config) =>
  config.pipelines.flatMap((pipeline): Finding[] => {
    const batches = [...pipeline.processors.keys()].filter(
      (index) => typeOf(config, 'processors', pipeline.processors[index]!) === 'batch',
    );
    const [first, second] = batches;
    if (first === undefined) return [];
    if (second !== undefined) {
      return [
        {
          code: 'batched-twice',
          path: processorPath(pipeline, second),
          message: `${pipeline.processors[second]} batches what ${pipeline.processors[first]} has batched`,
          hint: 'one of them is enough',
        },
      ];
    }
    return exportersOf(config, pipeline)
      .filter(
        ({ config: exporter }) => isOn(exporter, 'sending_queue') && isOn(exporter, 'sending_queue', 'batch'),
      )
      .map(({ id }) => ({
        code: 'batched-twice',
        path: processorPath(pipeline, first),
        message: `${pipeline.processors[first]} batches what exporters.${id}.sending_queue.batch batches again`,
        hint: 'take the processor out',
      }));
  });

const rules: readonly Rule[] = [
  memoryLimiterNotFirst,
  batchBeforePersistentQueue,
  retryWithoutQueue,
  batchTooLarge,
  batchedTwice,
];

function typeOf(config: EffectiveConfig, section: string, id: string): string | undefined {
  return config.component(section, id)?.definition?.type;
}

/** Where in a pipeline a batch processor stands that answers its callers before the data is passed on. */
function acknowledgingBatches(config: EffectiveConfig, pipeline: ConfiguredPipeline): number[] {
  return [...pipeline.processors.keys()].filter((index) => {
    const processor = config.component('processors', pipeline.processors[index]!);
    return processor?.definition?.type === 'batch' && processor.config['wait_for_result'] !== true;
  });
}

function exportersOf(config: EffectiveConfig, pipeline: ConfiguredPipeline): ConfiguredComponent[] {
  return pipeline.exporters
    .map((id) => config.component('exporters', id))
    .filter((exporter) => exporter !== undefined);
}

function processorPath({ id }: ConfiguredPipeline, index: number): (string | number)[] {
  return ['service', 'pipelines', id, 'processors', index];
}

/** Whether a section is there, be it empty, and not turned off. */
function isOn(config: Plain, ...path: readonly string[]): boolean {
  return at(config, ...path) !== undefined && at(config, ...path, 'enabled') !== false;
}

function numberAt(config: Plain | undefined, key: string): number {
  const value = at(config, key);
  return typeof value === 'number' ? value : 0;
}

function at(config: Plain | undefined, ...path: readonly string[]): Plain | undefined {
  let value = config;
  for (const key of path) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    value = (value as { readonly [key: string]: Plain })[key];
  }
  return value;
}
