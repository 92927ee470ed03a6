/** What a diagnostic is about. */
export type ErrorCode =
  | 'batch-before-persistent-queue'
  | 'batch-too-large'
  | 'batched-twice'
  | 'duplicate-key'
  | 'env-empty'
  | 'env-name'
  | 'env-unset'
  | 'expansion-too-large'
  | 'memory-limiter-not-first'
  | 'merge-erases'
  | 'no-source'
  | 'not-a-map'
  | 'not-portable'
  | 'reference-cycle'
  | 'reference-dollar'
  | 'reference-scheme'
  | 'retry-without-queue'
  | 'set-option'
  | 'source-unreadable'
  | 'yaml-alias'
  | 'yaml-key'
  | 'yaml-second-document'
  | 'yaml-syntax'
  | 'yaml-too-deep';

/** What each code means, in a sentence: `docs/errors.md` lists exactly these. */
export const errorCodes: Readonly<Record<ErrorCode, string>> = {
  'batch-before-persistent-queue': 'A processor batches in memory before a queue that is kept on a disk.',
  'batch-too-large': 'A batch may be larger than what a stock receiver takes.',
  'batched-twice': 'Two places of one pipeline batch.',
  'duplicate-key': 'A key is defined twice in one map.',
  'env-empty': 'A reference names an environment variable that is set to nothing.',
  'env-name': 'A reference to an environment variable has a name that no variable can have.',
  'env-unset': 'A reference names an environment variable that is not set, and gives no default.',
  'expansion-too-large': 'The references of a configuration grow beyond what is read.',
  'memory-limiter-not-first': 'A memory limiter stands behind other processors.',
  'merge-erases': 'An empty section of a later source erases what an earlier one has given.',
  'no-source': 'No configuration was named.',
  'not-a-map': 'A configuration is something else than a map of sections.',
  'not-portable':
    'A key or a component is there that the Go Collector does not know (`validate --portable`).',
  'reference-cycle': 'A reference leads to itself.',
  'reference-dollar': 'What a reference names has a "$" in it.',
  'reference-scheme': 'A source or a reference begins with a scheme that cannot be read.',
  'retry-without-queue': 'An exporter retries while its caller waits, without a queue.',
  'set-option': 'An option `--set` has no key or no equal sign.',
  'source-unreadable': 'A source cannot be read.',
  'yaml-alias': 'An alias of YAML has no anchor, contains itself, or copies too much.',
  'yaml-key': 'A key of YAML is no text, or has an empty part.',
  'yaml-second-document': 'A text has more than one document; only the first is read.',
  'yaml-syntax': 'The text is not YAML.',
  'yaml-too-deep': 'Values are nested too deep.',
};
