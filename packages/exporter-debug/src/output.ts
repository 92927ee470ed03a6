import { ConsumeError, type Component, type Settings } from '@tributary/component';
import type { Completed } from './config.js';
import { createSampler } from './sampler.js';

/** A line of a log, or a text of many. */
export interface Message {
  readonly text: string;
  readonly fields?: Readonly<Record<string, number>>;
}

/** Where an exporter writes, all signals together. */
export interface Output extends Component {
  /** @throws ConsumeError, retryable, where a file cannot be written */
  write(messages: readonly Message[]): void | Promise<void>;
}

export function createOutput(settings: Settings<Completed>): Output {
  const { config, clock, logger } = settings;
  const isWanted = createSampler(config, clock);
  const paths = config.output_paths;
  if (paths === undefined) {
    return {
      write(messages) {
        for (const { text, fields } of messages) if (isWanted(text)) logger.info(text, fields);
      },
    };
  }
  let sinks: readonly Sink[] = [];
  return {
    async start() {
      const opened: Sink[] = [];
      sinks = opened;
      for (const path of paths) opened.push(await openSink(path, settings.fs));
    },
    async write(messages) {
      const wanted = messages.filter(({ text }) => isWanted(text)).map(line);
      if (wanted.length === 0) return;
      try {
        await Promise.all(sinks.map((sink) => sink.write(wanted.join(''))));
      } catch (cause) {
        throw new ConsumeError('retryable', `cannot write to ${paths.join(', ')}`, { cause });
      }
    },
    async shutdown() {
      const open = sinks;
      sinks = [];
      await Promise.all(open.map((sink) => sink.close()));
    },
  };
}

interface Sink {
  write(text: string): Promise<void>;
  close(): Promise<void>;
}

async function openSink(path: string, fs: Settings<unknown>['fs']): Promise<Sink> {
  if (path === 'stdout' || path === 'stderr') {
    const stream = process[path];
    return {
      write: (text) =>
        new Promise((resolve, reject) => {
          stream.write(text, (error) => {
            if (error) reject(error);
            else resolve();
          });
        }),
      close: () => Promise.resolve(), // not ours
    };
  }
  const file = await fs.open(path, 'a');
  let last: Promise<unknown> = Promise.resolve();
  return {
    // A long text is several writes: one after the other, none gets between those of another.
    write(text) {
      const writing = last.then(() => file.appendFile(text));
      last = writing.catch(() => {}); // told to its caller
      return writing;
    },
    close: () => file.close(),
  };
}

/** As the Collector's console writes it: the message, a tab, its fields. */
function line({ text, fields }: Message): string {
  const end = text.endsWith('\n') ? '' : '\n';
  if (fields === undefined) return text + end;
  const pairs = Object.entries(fields).map(([key, value]) => `"${key}": ${value}`);
  return `${text}\t{${pairs.join(', ')}}${end}`;
}
