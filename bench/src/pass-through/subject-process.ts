import { fork, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SubjectEnv, SubjectReady } from './subject.js';

/** A program under measurement, running. */
export interface Subject extends SubjectReady {
  /** CPU time that it has used, in seconds; the kernel counts in hundredths. */
  cpuSeconds(): number;
  /** The most memory that it has had, in MiB. */
  peakMib(): number;
  stop(): Promise<void>;
}

/** Starts a program of ours: `collector` or `forwarder`. */
export async function startOwn(program: string, env: SubjectEnv): Promise<Subject> {
  const child = fork(new URL(`./${program}.js`, import.meta.url), { env: { ...process.env, ...env } });
  const [addresses] = (await Promise.race([once(child, 'message'), failure(child, program)])) as [
    SubjectReady,
  ];
  return subjectOf(child, addresses);
}

/** Starts another collector by its command, with `--config` and a YAML file that says the same as ours. */
export async function startPeer(command: string, env: SubjectEnv): Promise<Subject> {
  const [grpc, http] = [await freeAddress(), await freeAddress()];
  const folder = mkdtempSync(path.join(tmpdir(), 'tributary-bench-'));
  const config = path.join(folder, 'peer.yaml');
  writeFileSync(config, peerConfig(env, grpc, http));
  const child = spawn(`exec ${command} --config ${config}`, {
    shell: true,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  child.once('close', () => rmSync(folder, { recursive: true }));
  await Promise.race([listening(env.PROTOCOL === 'grpc' ? grpc : http), failure(child, command)]);
  return subjectOf(child, { grpc, http });
}

function peerConfig(env: SubjectEnv, grpc: string, http: string): string {
  const exporter =
    env.PROTOCOL === 'grpc'
      ? `otlp: {endpoint: "${env.BACKEND}", compression: ${env.COMPRESSION}, tls: {insecure: true}}`
      : `otlphttp: {endpoint: "http://${env.BACKEND}", compression: ${env.COMPRESSION}, tls: {insecure: true}}`;
  return `receivers:
  otlp: {protocols: {grpc: {endpoint: "${grpc}"}, http: {endpoint: "${http}"}}}
processors:
  memory_limiter: {check_interval: 1s, limit_mib: 2048}
  batch: {}
exporters:
  ${exporter}
service:
  telemetry: {metrics: {level: none}}
  pipelines:
    traces: {receivers: [otlp], processors: [memory_limiter, batch], exporters: [${exporter.split(':')[0]}]}
`;
}

function subjectOf(child: ChildProcess, addresses: SubjectReady): Subject {
  const read = (file: string): string => readFileSync(`/proc/${child.pid}/${file}`, 'utf8');
  return {
    ...addresses,
    cpuSeconds() {
      // Behind the name, which may hold anything: user time is field 14, system time 15 (proc(5)).
      const fields = read('stat')
        .replace(/^.*\) /s, '')
        .split(' ');
      return (Number(fields[11]) + Number(fields[12])) / 100;
    },
    peakMib() {
      return Number(/VmHWM:\s*(\d+)/.exec(read('status'))![1]) / 1024;
    },
    async stop() {
      const closed = once(child, 'close');
      child.kill('SIGTERM');
      await closed;
    },
  };
}

async function failure(child: ChildProcess, name: string): Promise<never> {
  const [code] = (await once(child, 'exit')) as [number | null];
  throw new Error(`${name} ended with code ${code} before it was ready`);
}

async function freeAddress(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return `127.0.0.1:${port}`;
}

async function listening(address: string): Promise<void> {
  const [host, port] = address.split(':') as [string, string];
  for (let attempt = 0; attempt < 200; attempt++) {
    const socket = connect(Number(port), host);
    try {
      await once(socket, 'connect');
      return;
    } catch {
      await sleep(50); // Not there yet.
    } finally {
      socket.destroy();
    }
  }
  throw new Error(`nothing listens on ${address} after 10 s`);
}
