import type { Diagnostic } from './diagnostic.js';

/** A text that configuration was read from. */
export interface Source {
  /** What messages call it: a path as it was given, `env:NAME`, `yaml:…`, `--set`. */
  readonly name: string;
  readonly text: string;
  /** It holds text of an environment variable: messages name places in it and never show its lines. */
  readonly isSecret?: boolean;
}

/** A part of a source, in UTF-16 code units; lines and columns are counted when somebody asks. */
export interface Place {
  readonly source: Source;
  readonly start: number;
  readonly end: number;
}

/** What all values have. */
interface Located {
  /** Where the value stands; of a substituted value, where its text came from. */
  readonly place: Place;
  /** The `${…}` through which it came, outermost first; empty where it was written in place. */
  readonly via: readonly Place[];
}

/** A value of a configuration: YAML without anchors, tags and references, and where each part was written. */
export type ConfigNode = MapNode | ListNode | ScalarNode;

export interface MapNode extends Located {
  readonly kind: 'map';
  /** In the order of writing. */
  readonly entries: ReadonlyMap<string, MapEntry>;
  /** Of a map that stands for a whole `${…}`: the text it was read from, for where text is wanted. */
  readonly text?: string | undefined;
}

export interface MapEntry {
  /** Where the key stands. */
  readonly key: Place;
  readonly node: ConfigNode;
}

export interface ListNode extends Located {
  readonly kind: 'list';
  readonly items: readonly ConfigNode[];
  /** Of a list that stands for a whole `${…}`: the text it was read from, for where text is wanted. */
  readonly text?: string | undefined;
}

export interface ScalarNode extends Located {
  readonly kind: 'scalar';
  readonly value: string | number | bigint | boolean | null;
  /** As it was written, for where text is wanted: `0123` of a port, `true` of a password. */
  readonly text: string;
  /** Text of an environment variable is in it, perhaps in its middle: messages do not show the value. */
  readonly isSecret?: boolean;
  /** Of a text that stands for a whole `${…}`: what keeps it from being more than text. */
  readonly notYaml?: Diagnostic | undefined;
}
