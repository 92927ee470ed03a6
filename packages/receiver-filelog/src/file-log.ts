import {
  defineReceiver,
  receiverMetrics,
  type Component,
  type Host,
  type ReceiverFactory,
  type ReceiverSettings,
  type StorageProvider,
  type Timer,
} from '@tributary/component';
import {
  createOperators,
  createTemplate,
  isTemplate,
  needsWholeLines,
  type Operators,
  type OperatorsRuntime,
  type Template,
} from '@tributary/stanza';
import { Checkpoints, type Remembered } from './checkpoints.js';
import { schema, type FileLogReceiverConfig, type FileLogSettings } from './config.js';
import { createCounters } from './counters.js';
import { encodingOf } from './decoder.js';
import { FileReader } from './file-reader.js';
import { realFiles, type LogFiles } from './files.js';
import { createFinder } from './glob.js';
import { createHeaderReader } from './header.js';
import { createPicker } from './ordering.js';
import { Outgoing } from './outgoing.js';
import { Poller } from './poller.js';
import { createEntryMaker, createPlainMaker, type RecordMaker, type TextSettings } from './record-maker.js';
import { Sender } from './sender.js';
import { createSplitter } from './splitter.js';
import { Tracker } from './tracker.js';

type Settings = ReceiverSettings<FileLogSettings, 'logs'>;

function create(settings: Settings, files: LogFiles): Component {
  const { config, clock, logger, meter, ledger } = settings;
  const received = receiverMetrics(meter, 'logs', 'stanza');
  const counters = createCounters(meter);
  const sender = new Sender(settings, received, config.storage !== undefined);
  const outgoing = new Outgoing(sender, ledger);
  const env = process.env;
  const runtime: OperatorsRuntime = { clock, logger, random: settings.random, ledger, env };
  let operators: Operators | undefined;
  let checkpoints: Checkpoints | undefined;
  let tracker: Tracker | undefined;
  let poller: Poller | undefined;
  let timer: Timer | undefined;
  let polling: Promise<void> | undefined;
  let state: 'new' | 'started' | 'closed' = 'new';
  let ending: Promise<void> | undefined;
  ledger.held(() => sender.held + outgoing.entries + (operators?.held.entries ?? 0));

  async function start(host: Host): Promise<void> {
    const remembered = await openCheckpoints(host);
    tracker = new Tracker(remembered, config.polls_to_archive, (id) => checkpoints?.forget(id));
    const maker = createMaker();
    const isCompressed = compressionOf(config.compression);
    const reader = new FileReader({
      maker,
      initialBufferSize: config.initial_buffer_size,
      clock,
      isCompressed,
      send: (logs) => sender.send(logs),
      sendEntries: () => outgoing.flush(),
      isStopped: () => state === 'closed',
    });
    const finder = createFinder(config.include, config.exclude, files, (folder, error) =>
      poller?.problem(folder, error),
    );
    poller = new Poller({
      config,
      clock,
      logger,
      fs: settings.fs,
      files,
      tracker,
      reader,
      isCompressed,
      find: finder,
      pick:
        config.ordering_criteria === undefined
          ? (found) => found
          : createPicker(config.ordering_criteria, () => clock.now()),
      counters,
      wasHereBefore: remembered.length > 0,
    });
    if (state !== 'started') return;
    void poll();
    timer = clock.every(config.poll_interval, () => polling ?? poll());
  }

  async function openCheckpoints(host: Host): Promise<readonly Remembered[]> {
    if (config.storage === undefined) return [];
    const provider = host.extension(config.storage);
    if (typeof (provider as Partial<StorageProvider>).open !== 'function') {
      throw new TypeError('storage: requested extension is not a storage extension');
    }
    // As in the Collector, whose checkpoints are called by the older name of the type.
    const storeId = settings.id.replace(/^file_log(?=\/|$)/, 'filelog');
    const storage = await provider.open({ kind: 'receiver', id: settings.id, storeId });
    checkpoints = new Checkpoints(storage, logger, clock);
    return checkpoints.load();
  }

  function createMaker(): RecordMaker {
    const encoding = encodingOf(config.encoding)!;
    const splitter = createSplitter({
      encoding,
      multiline: config.multiline,
      maxLogSize: config.max_log_size,
      trimsStart: !config.preserve_leading_whitespaces,
      trimsEnd: !config.preserve_trailing_whitespaces && !needsWholeLines(config.operators),
    });
    const now = (): bigint => BigInt(Math.round(clock.now() * 1000)) * 1000n;
    const text: TextSettings = { config, encoding, splitter, ledger, counters, now };
    const templatesOf = (texts: Readonly<Record<string, string>>): (readonly [string, Template])[] =>
      Object.entries(texts).map(([key, value]) => [key, createTemplate(value, env)] as const);
    const isPlain =
      config.operators.length === 0 &&
      config.header === undefined &&
      !config.include_file_record_number &&
      !config.include_file_record_offset &&
      [...Object.values(config.attributes), ...Object.values(config.resource)].every(
        (value) => !isTemplate(value),
      );
    if (isPlain) return createPlainMaker(text, config.attributes, config.resource);
    operators = createOperators(config.operators, runtime, (entry) => outgoing.add(entry));
    const header = config.header === undefined ? undefined : createHeaderReader(config.header, runtime);
    return createEntryMaker({
      ...text,
      attributes: templatesOf(config.attributes),
      resource: templatesOf(config.resource),
      operators,
      header,
    });
  }

  async function poll(): Promise<void> {
    polling = (async () => {
      await poller!.poll();
      await checkpoints?.save(tracker!.remembered());
    })()
      .catch((error: unknown) => logger.error('Looking for files has failed', { error: String(error) }))
      .finally(() => (polling = undefined));
    return polling;
  }

  async function end(): Promise<void> {
    timer?.stop();
    await polling;
    sender.stop();
    await poller?.stop();
    operators?.close();
    await outgoing.flush();
    if (tracker !== undefined) await checkpoints?.save(tracker.remembered());
    await checkpoints?.close();
  }

  return {
    async start(host) {
      if (state !== 'new') throw new Error('a file_log receiver starts once');
      state = 'started';
      await start(host);
    },
    async shutdown(grace) {
      state = 'closed';
      const timeIsUp = (): void => sender.end();
      if (grace.aborted) timeIsUp();
      else grace.addEventListener('abort', timeIsUp);
      await (ending ??= end());
      grace.removeEventListener('abort', timeIsUp);
    },
  };
}

function compressionOf(compression: FileLogSettings['compression']): (path: string) => boolean {
  switch (compression) {
    case '':
      return () => false;
    case 'gzip':
      return () => true;
    case 'auto':
      return (path) => path.endsWith('.gz');
  }
}

/** A {@link fileLogReceiver} of other files than those of this machine. */
export function createFileLogReceiver(files: LogFiles): typeof fileLogReceiver {
  return defineReceiver({
    type: 'file_log',
    aliases: ['filelog'],
    stability: 'beta',
    config: schema,
    logs: (settings) => create(settings, files),
  });
}

/**
 * Reads log files as they grow: through rotation by renaming and by copying, compressed or not, and through restarts
 * where a storage keeps how far they were read. It reads no faster than the pipeline takes what it reads.
 */
export const fileLogReceiver: ReceiverFactory<FileLogReceiverConfig, 'logs'> =
  createFileLogReceiver(realFiles);
