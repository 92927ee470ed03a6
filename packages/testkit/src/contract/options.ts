import type { AnyFactory, Batch, Signal } from '@tributary/component';
import type { Received } from '../received.js';
import type { Script } from '../script.js';
import type { ContractRule } from './rule.js';

/** The far end of an exporter: a server that keeps what arrives and answers by a script. */
export interface ContractRemote extends Received, Script {
  close(): Promise<void>;
}

/** What a check runs against. */
export interface ContractOptions<R extends ContractRemote = ContractRemote> {
  readonly factory: AnyFactory;
  /**
   * Makes a fresh reference for each check, with short times: the suite waits for
   * what is held. `remote` is what the option of that name made.
   */
  readonly create: (remote: R) => object;
  /**
   * `carried`: to accept means that the next one has accepted. `held`: it accepts at
   * once, and answers for the data itself (batch, a queue). Default `'carried'`.
   */
  readonly outcome?: 'carried' | 'held';
  /**
   * For receivers: sends a batch to one of their addresses, on a connection that is
   * closed afterwards. Resolves with how many items the reply calls rejected (nothing is
   * none), and rejects with a ConsumeError of the kind that the reply means.
   */
  readonly send?: (
    batch: Batch<Signal>,
    addresses: Readonly<Record<string, string>>,
  ) => Promise<number | void>;
  /** For exporters: makes the far end. Without it only the lifecycle is checked, and that batches are accepted. */
  readonly remote?: () => Promise<R>;
  /** Default: all that the factory supports. */
  readonly signals?: readonly Signal[];
  /** Rules that do not hold here, each with the reason. */
  readonly skip?: Readonly<Partial<Record<ContractRule, string>>>;
}
