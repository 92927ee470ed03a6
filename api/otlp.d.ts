// @tributary/otlp: what the package exports, written by scripts/api.mjs.
import {
  Batch,
  Clock,
  Consumer,
  Context,
  Duration,
  Runtime,
  Settings,
  Signal,
  notOffered,
} from '@tributary/component';
import { Batch, Signal } from '@tributary/pdata';
import {
  BufferSizes,
  HeadersConfig,
  HttpClient,
  HttpHandler,
  HttpReply,
  RpcStatus,
  TlsClientConfig,
  TlsClientSettings,
  Transport,
  UnaryClient,
  UnaryMethod,
  bufferSizesShape,
} from '@tributary/transport';
import { z } from 'zod';

export interface OtlpAttempt {
  readonly signal: AbortSignal;
  readonly timeoutMs?: number | undefined;
}
export interface OtlpClient {
  open(): Promise<void>;
  send<S extends Signal>(batch: Batch<S>, attempt: OtlpAttempt): Promise<PartialSuccess | undefined>;
  close(): Promise<void>;
}
export interface OtlpClientKeepaliveConfig {
  readonly time?: Duration | undefined;
  readonly timeout?: Duration | undefined;
  readonly permit_without_stream?: boolean | undefined;
}
export type OtlpConsumers = {
  readonly [S in Signal]?: Consumer<S>;
};
export interface OtlpGrpcClientConfig {
  readonly tls?: TlsClientConfig | undefined;
  readonly compression?: 'gzip' | 'snappy' | 'zstd' | 'none' | '' | undefined;
  readonly headers?: HeadersConfig | undefined;
  readonly user_agent?: string | undefined;
  readonly keepalive?: OtlpClientKeepaliveConfig | null | undefined;
  readonly wait_for_ready?: boolean | undefined;
  readonly balancer_name?: 'round_robin' | 'pick_first' | '' | undefined;
  readonly authority?: string | undefined;
  readonly read_buffer_size?: number | undefined;
  readonly write_buffer_size?: number | undefined;
}
export interface OtlpGrpcClientSettings extends BufferSizes {
  readonly tls: TlsClientSettings;
  readonly compression: 'gzip' | 'snappy' | 'zstd' | 'none' | '';
  readonly headers: Readonly<Record<string, string>>;
  readonly user_agent: string;
  readonly keepalive?:
    | Readonly<{
        time: number;
        timeout: number;
        permit_without_stream: boolean;
      }>
    | undefined;
  readonly wait_for_ready: boolean;
  readonly balancer_name: 'round_robin' | 'pick_first' | '';
  readonly authority: string;
}
export type OtlpGrpcTransport = Pick<Transport, 'createUnaryClient'>;
export interface OtlpHttpClientOptions {
  readonly clock: Clock;
  readonly urls: Readonly<Record<Signal, string>>;
  readonly encoding: 'proto' | 'json';
}
export interface OtlpServerOptions {
  readonly repairUtf8: boolean;
  readonly maxItems: number;
  readonly includeMetadata: boolean;
  readonly onRepair: (fields: number) => void;
  readonly onOutcome?: ((signal: Signal, accepted: number, refused: number) => void) | undefined;
}
export interface Status {
  readonly code: number;
  readonly message: string;
  readonly retryAfterMs?: number | undefined;
}
export { Status as OtlpStatus };
export interface PartialSuccess {
  readonly rejected: number;
  readonly message: string;
}
export declare function bookPartialSuccess(
  { ledger, logger }: Pick<Settings<unknown>, 'ledger' | 'logger'>,
  { signal, itemCount }: Batch<Signal>,
  partial: PartialSuccess | undefined,
  context: Context,
): void;
export declare function connectOtlpGrpc(
  endpoint: string,
  config: OtlpGrpcClientSettings,
  runtime: Runtime,
  transport: OtlpGrpcTransport,
): OtlpClient;
export declare const defaultPaths: Readonly<Record<Signal, string>>;
export declare function failureReply(status: Status, encoding: Encoding, httpStatus?: number): HttpReply;
export declare const methodPaths: Readonly<Record<Signal, string>>;
export declare function otlpGrpcClient(client: UnaryClient): OtlpClient;
export declare const otlpGrpcClientShape: {
  readonly tls: z.ZodType<TlsClientSettings, TlsClientConfig | undefined>;
  readonly compression: z.ZodType<OtlpGrpcClientSettings['compression'], OtlpGrpcClientConfig['compression']>;
  readonly headers: z.ZodType<OtlpGrpcClientSettings['headers'], HeadersConfig | undefined>;
  readonly user_agent: z.ZodType<string, string | undefined>;
  readonly keepalive: z.ZodType<OtlpGrpcClientSettings['keepalive'], OtlpGrpcClientConfig['keepalive']>;
  readonly wait_for_ready: z.ZodType<boolean, boolean | undefined>;
  readonly balancer_name: z.ZodType<
    OtlpGrpcClientSettings['balancer_name'],
    OtlpGrpcClientConfig['balancer_name']
  >;
  readonly authority: z.ZodType<string, string | undefined>;
  readonly read_buffer_size: (typeof bufferSizesShape)['read_buffer_size'];
  readonly write_buffer_size: (typeof bufferSizesShape)['write_buffer_size'];
  readonly auth: typeof notOffered;
  readonly middlewares: typeof notOffered;
};
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
export declare function rpcStatus(status: Status): RpcStatus;
export declare const userAgent: string;

// Not exported, but referred to above.
type Encoding = 'proto' | 'json';
