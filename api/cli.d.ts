// @tributary/cli: what the package exports, written by scripts/api.mjs.
import { ComponentEntry } from '@tributary/config';

export interface CliCommand {
  readonly name: string;
  readonly summary: string;
  run(args: readonly string[], streams: CliStreams): number | Promise<number>;
}
export interface CliOptions {
  readonly name: string;
  readonly version: string;
  readonly description?: string | undefined;
  readonly components: readonly ComponentEntry[];
  readonly commands?: readonly CliCommand[] | undefined;
  readonly docs?: (() => Promise<KeyDocs>) | undefined;
  readonly argv?: readonly string[] | undefined;
  readonly stdout?: CliOutput | undefined;
  readonly stderr?: CliOutput | undefined;
  readonly stdin?: AsyncIterable<Uint8Array> | undefined;
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
}
export interface CliOutput {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
}
export interface CliStreams {
  readonly stdout: CliOutput;
  readonly stderr: CliOutput;
}
export interface KeyDoc {
  readonly doc: string;
  readonly type: string;
  readonly required?: true | undefined;
  readonly default?: string | undefined;
  readonly values?: readonly string[] | undefined;
}
export type KeyDocs = Readonly<Record<string, Readonly<Record<string, KeyDoc>>>>;
export declare function runCli(options: CliOptions): Promise<number>;
