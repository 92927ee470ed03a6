// @tributary/otlp: what the package exports, written by scripts/api.mjs.
import { Clock, Consumer, Signal } from '@tributary/component';
import { Batch, Signal } from '@tributary/pdata';
import { HttpClient, HttpHandler, UnaryClient, UnaryMethod } from '@tributary/transport';

export type OnPartialSuccess = (signal: Signal, partial: PartialSuccess) => void;
export interface OtlpAttempt {
  readonly signal: AbortSignal;
  readonly timeoutMs?: number | undefined;
}
export interface OtlpClient {
  open(): Promise<void>;
  send<S extends Signal>(batch: Batch<S>, attempt: OtlpAttempt): Promise<void>;
  close(): Promise<void>;
}
export type OtlpConsumers = {
  readonly [S in Signal]?: Consumer<S>;
};
export interface OtlpHttpClientOptions {
  readonly clock: Clock;
  readonly urls: Readonly<Record<Signal, string>>;
  readonly encoding: 'proto' | 'json';
  readonly onPartialSuccess: OnPartialSuccess;
}
export interface OtlpServerOptions {
  readonly repairUtf8: boolean;
  readonly maxItems: number;
  readonly includeMetadata: boolean;
  readonly onRepair: (fields: number) => void;
}
export interface PartialSuccess {
  readonly rejected: number;
  readonly message: string;
}
export declare const defaultPaths: Readonly<Record<Signal, string>>;
export declare const methodPaths: Readonly<Record<Signal, string>>;
export declare function otlpGrpcClient(
  client: UnaryClient,
  options: {
    readonly onPartialSuccess: OnPartialSuccess;
  },
): OtlpClient;
export declare function otlpHttpClient(client: HttpClient, options: OtlpHttpClientOptions): OtlpClient;
export declare function otlpHttpHandler(
  consumers: OtlpConsumers,
  options: OtlpServerOptions & {
    readonly paths: Readonly<Record<Signal, string>>;
  },
): HttpHandler;
export declare function otlpMethods(
  consumers: OtlpConsumers,
  options: OtlpServerOptions,
): ReadonlyMap<string, UnaryMethod>;
