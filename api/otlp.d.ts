// @tributary/otlp: what the package exports, written by scripts/api.mjs.
import { Batch, Clock, Consumer, Context, Settings, Signal } from '@tributary/component';
import { Batch, Signal } from '@tributary/pdata';
import {
  HttpClient,
  HttpHandler,
  HttpReply,
  RpcStatus,
  UnaryClient,
  UnaryMethod,
} from '@tributary/transport';

export interface OtlpAttempt {
  readonly signal: AbortSignal;
  readonly timeoutMs?: number | undefined;
}
export interface OtlpClient {
  open(): Promise<void>;
  send<S extends Signal>(batch: Batch<S>, attempt: OtlpAttempt): Promise<PartialSuccess | undefined>;
  close(): Promise<void>;
}
export type OtlpConsumers = {
  readonly [S in Signal]?: Consumer<S>;
};
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
export declare const defaultPaths: Readonly<Record<Signal, string>>;
export declare function failureReply(status: Status, encoding: Encoding, httpStatus?: number): HttpReply;
export declare const methodPaths: Readonly<Record<Signal, string>>;
export declare function otlpGrpcClient(client: UnaryClient): OtlpClient;
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
