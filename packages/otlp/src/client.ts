import type { Batch, Signal } from '@tributary/pdata';
import type { PartialSuccess } from './partial-success.js';

/** Sends to one peer, by whichever protocol. */
export interface OtlpClient {
  /** Reads what the connection needs. @throws TransportError where a file cannot be read */
  open(): Promise<void>;
  /**
   * Resolves when the peer has taken the batch, which stays as it is: to send it again, call again.
   * Resolves with what the peer did not take for good, or had to say: no error of OTLP.
   *
   * @throws ConsumeError with its kind, the peer's hint and status
   */
  send<S extends Signal>(batch: Batch<S>, attempt: OtlpAttempt): Promise<PartialSuccess | undefined>;
  /** Requests under way are cut off. Safe twice. */
  close(): Promise<void>;
}

/** One attempt to send. */
export interface OtlpAttempt {
  /** Cuts the attempt off. */
  readonly signal: AbortSignal;
  /** Told to the peer, where the protocol can. 0 or absent is no limit. */
  readonly timeoutMs?: number | undefined;
}
