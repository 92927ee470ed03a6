import type { ClientsOptions, ClientsReport } from '../programs/src/clients-messages.js';
import { Program } from './processes.js';

/** Clients in a process of their own, which come until they are told to end. */
export class Clients {
  readonly #program: Program;
  readonly #errors: string[] = [];
  #report: ClientsReport | undefined;

  constructor(options: ClientsOptions) {
    this.#program = new Program(
      'test/proofs/programs/dist/clients.js',
      { CLIENTS_OPTIONS: JSON.stringify(options) },
      (message) => (this.#report = message as ClientsReport),
      (line) => this.#errors.push(line),
    );
  }

  /** Waits for the answers that are under way. @throws Error with what the process wrote, where it ends without a report */
  async end(): Promise<ClientsReport> {
    this.#program.send({ kind: 'end' });
    await this.#program.ended;
    if (this.#report === undefined) throw new Error(`the clients ended: ${this.#errors.join('\n')}`);
    return this.#report;
  }
}
