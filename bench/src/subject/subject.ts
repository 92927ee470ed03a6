import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ForwarderOptions } from './forwarder.js';
import { freeAddress, SubjectProcess } from './process.js';
import { collectorYaml, type Addresses, type Setup } from './yaml.js';

/** What is measured: the collector, the bare forwarder, or a peer. */
export interface SubjectKind {
  readonly name: string;
  /** Whether it is a collector that takes YAML. */
  readonly isCollector: boolean;
  /** The command of the shell that runs it. */
  command(setup: Setup, listen: Addresses, folder: string): string;
}

/** A subject that runs; disposed of, it is killed. */
export interface Subject extends AsyncDisposable {
  readonly process: SubjectProcess;
  /** Where it takes what the case sends. */
  readonly address: string;
  /** Lets it end in order: all that it holds is sent. */
  stop(): Promise<void>;
}

const node = process.execPath;
const here = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

/** The command that users run. */
export const tributary: SubjectKind = collector(
  'tributary',
  `${node} ${here('../../../packages/distribution/bin/tributary.js')}`,
);

/** The same components, and one that loses a span. */
export const losing: SubjectKind = collector(
  'tributary',
  `${node} ${here('../../../examples/dist/demo/losing-collector.js')}`,
  `--config 'yaml:{processors: {lose_one: {}}, service: {pipelines: {traces: {processors: [memory_limiter, lose_one, batch]}}}}'`,
);

/** Another collector, which takes the Collector's YAML by `--config`. */
export function peer(command: string): SubjectKind {
  return collector('peer', command);
}

/** Of which a batch has so many requests. */
export function forwarder(requestsPerBatch: number): SubjectKind {
  return {
    name: 'forwarder',
    isCollector: false,
    command(setup, listen) {
      const options: ForwarderOptions = { setup, listen, requestsPerBatch };
      return `${node} ${here('./forwarder.js')} '${JSON.stringify(options)}'`;
    },
  };
}

/** The same with a configuration over it, in flow YAML. */
export function withConfig(kind: SubjectKind, yaml: string): SubjectKind {
  return { ...kind, command: (...given) => `${kind.command(...given)} --config 'yaml:${yaml}'` };
}

function collector(name: string, command: string, further = ''): SubjectKind {
  return {
    name,
    isCollector: true,
    command(setup, listen, folder) {
      const config = path.join(folder, 'collector.yaml');
      writeFileSync(config, collectorYaml(setup, listen));
      return `${command} --config ${config} ${further}`;
    },
  };
}

export async function startSubject(kind: SubjectKind, setup: Setup): Promise<Subject> {
  const folder = mkdtempSync(path.join(tmpdir(), 'tributary-bench-'));
  const [grpc, http, metrics] = [await freeAddress(), await freeAddress(), await freeAddress()];
  const listen = { grpc, http, metrics };
  const address = listen[setup.protocol];
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  try {
    const command = kind.command(setup, listen, folder);
    const process = await SubjectProcess.start(kind.name, command, address, folder);
    return {
      process,
      address,
      stop: () => process.stop(),
      async [Symbol.asyncDispose]() {
        await process.kill();
        remove();
      },
    };
  } catch (error) {
    remove();
    throw error;
  }
}
