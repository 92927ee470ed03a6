import { execFile } from 'node:child_process';
import { arch, cpus, hostname, networkInterfaces, release, userInfo, version } from 'node:os';
import { createApiClient, inClusterAccess, type ApiClient } from '@tributary/kubernetes';
import type { Runtime } from '@tributary/component';
import { ask, type Answer, type Question } from './http.js';

/** What detectors see of the world, beside the clock, the files and DNS. Real by default; a test replaces it. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** As Node names it: `linux`, `darwin`, `win32`. */
  readonly platform: string;
  /** As Node names it: `x64`, `arm64`. */
  arch(): string;
  hostname(): string;
  /** Of the kernel: `6.1.0-13-amd64`. */
  release(): string;
  /** Of the kernel, at length. */
  version(): string;
  networkInterfaces(): ReturnType<typeof networkInterfaces>;
  cpus(): ReturnType<typeof cpus>;
  /** What a program writes. Rejects where there is none, and where it fails. */
  run(program: string, args: readonly string[], signal: AbortSignal): Promise<string>;
  /** Asks by HTTP. Rejects where there is no answer. */
  ask(question: Question, signal: AbortSignal): Promise<Answer>;
  /** The API server of the cluster that the process runs in. Rejects with a `KubernetesError`. */
  kubernetes(runtime: Runtime): Promise<ApiClient>;
  readonly process: ThisProcess;
  readonly endpoints: Endpoints;
}

/** What a process knows of itself. */
export interface ThisProcess {
  readonly pid: number;
  readonly parentPid: number;
  readonly executablePath: string;
  /** The first is the executable. */
  readonly args: readonly string[];
  readonly nodeVersion: string;
  readonly v8Version: string;
  owner(): string;
}

/** Where metadata servers are, without a slash at the end. */
export interface Endpoints {
  /** Of Amazon and Microsoft. */
  readonly instance: string;
  readonly gcp: string;
  /** The API of Google's virtual machines. */
  readonly gcpCompute: string;
  /** The socket file of the Docker daemon, where `DOCKER_HOST` names no other. */
  readonly docker: string;
}

export const realSurroundings: Surroundings = {
  env: process.env,
  platform: process.platform,
  arch,
  hostname,
  release,
  version,
  networkInterfaces,
  cpus,
  run: (program, args, signal) =>
    new Promise((resolve, reject) => {
      execFile(program, args, { signal, windowsHide: true, maxBuffer: 1 << 20 }, (error, stdout) => {
        if (error === null) resolve(stdout);
        else reject(error);
      });
    }),
  ask,
  kubernetes: async (runtime) => createApiClient({ access: await inClusterAccess({ runtime }), runtime }),
  process: {
    pid: process.pid,
    parentPid: process.ppid,
    executablePath: process.execPath,
    args: process.argv,
    nodeVersion: process.versions.node,
    v8Version: process.versions.v8,
    owner: () => userInfo().username,
  },
  endpoints: {
    instance: 'http://169.254.169.254',
    gcp: 'http://metadata.google.internal',
    gcpCompute: 'https://compute.googleapis.com',
    docker: '/var/run/docker.sock',
  },
};
