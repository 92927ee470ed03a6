// @tributary/kubernetes: what the package exports, written by scripts/api.mjs.
import { Runtime } from '@tributary/component';
import { Transport } from '@tributary/transport';

export interface ApiClient {
  read(path: string, query: URLSearchParams, signal: AbortSignal): Promise<unknown>;
  stream(path: string, query: URLSearchParams, signal: AbortSignal): AsyncIterable<unknown>;
  close(): Promise<void>;
}
export interface ApiClientOptions {
  readonly access: ClusterAccess;
  readonly runtime: Pick<Runtime, 'clock' | 'dns' | 'fs'>;
  readonly timeoutMs?: number | undefined;
  readonly userAgent?: string | undefined;
  readonly transport?: Pick<Transport, 'createHttpClient'> | undefined;
}
export interface ClusterAccess {
  readonly url: string;
  readonly caFile?: string | undefined;
  readonly namespace: string;
  token(): Promise<string>;
}
export interface InClusterOptions {
  readonly runtime: Pick<Runtime, 'clock' | 'fs'>;
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined;
}
export declare class KubernetesError extends Error {
  readonly code: KubernetesErrorCode;
  readonly retryAfterMs: number | undefined;
  constructor(
    code: KubernetesErrorCode,
    message: string,
    options?: ErrorOptions & {
      readonly retryAfterMs?: number | undefined;
    },
  );
  static is(error: unknown): error is KubernetesError;
}
export type KubernetesErrorCode =
  | 'not-in-cluster'
  | 'unreachable'
  | 'unauthorized'
  | 'forbidden'
  | 'not-found'
  | 'gone'
  | 'refused'
  | 'unreadable';
export interface Watch {
  readonly ready: Promise<void>;
  stop(): Promise<void>;
}
export interface WatchOptions<T> {
  readonly client: ApiClient;
  readonly runtime: Pick<Runtime, 'clock' | 'random'>;
  readonly path: string;
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
  readonly maxObjects?: number | undefined;
  read(object: Readonly<Record<string, unknown>>): T;
  onChange(objects: ReadonlyMap<string, T>, key: string | undefined): void;
  onFailure(error: KubernetesError): void;
}
export declare function createApiClient(options: ApiClientOptions): ApiClient;
export declare function inClusterAccess(options: InClusterOptions): Promise<ClusterAccess>;
export declare function watchObjects<T>(options: WatchOptions<T>): Watch;
