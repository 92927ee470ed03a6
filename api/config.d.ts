// @tributary/config: what the package exports, written by scripts/api.mjs.
import { CollectorOptions } from '@tributary/collector';
import { AnyFactory, ComponentKind } from '@tributary/component';

export interface BuildSettings {
  readonly components: readonly ComponentEntry[];
}
export interface BuiltOptions {
  readonly options: CollectorOptions | undefined;
  readonly parts: ReadonlyMap<string, unknown>;
  readonly diagnostics: readonly Diagnostic[];
}
export type ComponentEntry = AnyFactory | LazyFactory;
export type ConfigNode = MapNode | ListNode | ScalarNode;
export declare class ConfigurationError extends Error {
  readonly diagnostics: readonly Diagnostic[];
  constructor(diagnostics: readonly Diagnostic[]);
  static is(error: unknown): error is ConfigurationError;
}
export interface Diagnostic {
  readonly code: ErrorCode;
  readonly severity: 'error' | 'warning';
  readonly path: readonly (string | number)[];
  readonly message: string;
  readonly hint?: string | undefined;
  readonly place: Place | undefined;
  readonly related?:
    | readonly {
        readonly message: string;
        readonly place: Place;
      }[]
    | undefined;
}
export type ErrorCode =
  | 'ambiguous-id'
  | 'batch-before-persistent-queue'
  | 'batch-too-large'
  | 'batched-twice'
  | 'broken-component'
  | 'duplicate-id'
  | 'duplicate-key'
  | 'duplicate-reference'
  | 'empty-configuration'
  | 'env-empty'
  | 'env-name'
  | 'env-unset'
  | 'expansion-too-large'
  | 'integer-duration'
  | 'invalid-id'
  | 'invalid-value'
  | 'memory-limiter-not-first'
  | 'merge-erases'
  | 'missing-component'
  | 'missing-key'
  | 'missing-section'
  | 'no-source'
  | 'not-a-map'
  | 'not-portable'
  | 'pipeline-cycle'
  | 'reference-cycle'
  | 'reference-dollar'
  | 'reference-scheme'
  | 'retry-without-queue'
  | 'set-option'
  | 'source-unreadable'
  | 'too-many-mistakes'
  | 'unavailable-component'
  | 'unconnected-connector'
  | 'undefined-component'
  | 'undefined-extension'
  | 'unknown-component'
  | 'unknown-key'
  | 'unknown-signal'
  | 'unsupported-key'
  | 'unsupported-signal'
  | 'unused-component'
  | 'wrong-type'
  | 'yaml-alias'
  | 'yaml-key'
  | 'yaml-second-document'
  | 'yaml-syntax'
  | 'yaml-tag'
  | 'yaml-too-deep';
export interface FormatOptions {
  readonly color?: boolean | undefined;
}
export interface InspectedConfig {
  readonly root: MapNode | undefined;
  readonly options: CollectorOptions | undefined;
  readonly parts: BuiltOptions['parts'];
  readonly diagnostics: readonly Diagnostic[];
}
export interface LazyFactory {
  readonly kind: ComponentKind;
  readonly type: string;
  readonly aliases?: readonly string[];
  readonly load: () => Promise<AnyFactory>;
}
export interface ListNode extends Located {
  readonly kind: 'list';
  readonly items: readonly ConfigNode[];
  readonly text?: string | undefined;
}
export interface LoadSettings extends BuildSettings, Partial<Surroundings> {
  readonly set?: readonly string[] | undefined;
}
export interface MapEntry {
  readonly key: Place;
  readonly node: ConfigNode;
}
export interface MapNode extends Located {
  readonly kind: 'map';
  readonly entries: ReadonlyMap<string, MapEntry>;
  readonly text?: string | undefined;
}
export interface Place {
  readonly source: Source;
  readonly start: number;
  readonly end: number;
}
export interface Position {
  readonly line: number;
  readonly column: number;
}
export interface ReadOptions extends Surroundings {
  readonly set?: readonly string[] | undefined;
  readonly defaultScheme?: string | undefined;
}
export interface ReadResult {
  readonly root: MapNode | undefined;
  readonly diagnostics: readonly Diagnostic[];
}
export interface ScalarNode extends Located {
  readonly kind: 'scalar';
  readonly value: string | number | bigint | boolean | null;
  readonly text: string;
  readonly isSecret?: boolean;
  readonly notYaml?: Diagnostic | undefined;
}
export interface Source {
  readonly name: string;
  readonly text: string;
  readonly isSecret?: boolean;
}
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly fs: Pick<typeof import('node:fs/promises'), 'readFile'>;
  readonly fetch?: typeof fetch | undefined;
}
export declare function buildOptions(
  root: MapNode | undefined,
  { components }: BuildSettings,
): Promise<BuiltOptions>;
export declare const errorCodes: Readonly<Record<ErrorCode, string>>;
export declare function formatDiagnostics(
  diagnostics: readonly Diagnostic[],
  { color }?: FormatOptions,
): string;
export declare function inspectConfig(
  uris: readonly string[],
  { components, set, ...surroundings }: LoadSettings,
): Promise<InspectedConfig>;
export declare function isSecretKey(key: string): boolean;
export declare function loadConfig(
  uris: readonly string[],
  settings: LoadSettings,
): Promise<CollectorOptions>;
export declare function positionOf({ source, start }: Place): Position;
export declare function readConfig(uris: readonly string[], options: ReadOptions): Promise<ReadResult>;

// Not exported, but referred to above.
interface Located {
  readonly place: Place;
  readonly via: readonly Place[];
}
