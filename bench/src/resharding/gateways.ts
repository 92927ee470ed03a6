import { RpcError, type Transport } from '@tributary/transport';

/** Of gRPC. */
const unavailable = 14;

export const port = 4317;

/** As agents call it. */
export const endpointOf = (address: string): string => `${address}:${port}`;

/** Gateways by the addresses that a name in the DNS has for them, and which of them live. */
export class Gateways {
  /** What the name stands for now. */
  addresses: readonly string[];
  readonly #dead = new Set<string>();

  constructor(addresses: readonly string[]) {
    this.addresses = addresses;
  }

  /** The same as agents call them. */
  get endpoints(): readonly string[] {
    return this.addresses.map(endpointOf);
  }

  lives(endpoint: string): boolean {
    return !this.#dead.has(endpoint);
  }

  /** The process is no more, and who connects is refused. The DNS knows nothing of that. */
  crash(address: string): void {
    this.#dead.add(endpointOf(address));
  }

  /** By which agents try one out. */
  readonly transport: Pick<Transport, 'createUnaryClient'> = {
    createUnaryClient: ({ endpoint }) => ({
      open: async () => {},
      close() {},
      call: async () => {
        if (this.lives(endpoint)) return new Uint8Array();
        throw new RpcError({ code: unavailable, message: 'connection refused' });
      },
    }),
  };
}
