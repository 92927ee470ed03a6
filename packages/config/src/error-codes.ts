/** What a diagnostic is about. */
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

/** What each code means, in a sentence: `docs/errors.md` lists exactly these. */
export const errorCodes: Readonly<Record<ErrorCode, string>> = {
  'ambiguous-id': 'A connector has the id of a receiver or exporter.',
  'batch-before-persistent-queue': 'A processor batches in memory before a queue that is kept on a disk.',
  'batch-too-large': 'A batch may be larger than what a stock receiver takes.',
  'batched-twice': 'Two places of one pipeline batch.',
  'broken-component': 'The package of a component cannot be loaded.',
  'duplicate-id': 'Two keys of one section are the same id.',
  'duplicate-key': 'A key is defined twice in one map.',
  'duplicate-reference': 'A list names a component twice.',
  'empty-configuration': 'A configuration has none of its sections.',
  'env-empty': 'A reference names an environment variable that is set to nothing.',
  'env-name': 'A reference to an environment variable has a name that no variable can have.',
  'env-unset': 'A reference names an environment variable that is not set, and gives no default.',
  'expansion-too-large': 'The references of a configuration grow beyond what is read.',
  'integer-duration': 'A duration is a bare number; it needs a unit.',
  'invalid-id': 'An id does not follow the rules: `type` or `type/name`.',
  'invalid-value': 'A value has the right type and cannot be used.',
  'memory-limiter-not-first': 'A memory limiter stands behind other processors.',
  'merge-erases': 'An empty section of a later source erases what an earlier one has given.',
  'missing-component': 'A pipeline has no receiver or no exporter.',
  'missing-key': 'A key that has no default is not there, or empty.',
  'missing-section': 'A section that no configuration can do without is not there, or empty.',
  'no-source': 'No configuration was named.',
  'not-a-map': 'A configuration is something else than a map of sections.',
  'not-portable':
    'A key, a value or a component is there that the Go Collector does not take (`validate --portable`).',
  'pipeline-cycle': 'Pipelines lead back to where they began.',
  'reference-cycle': 'A reference leads to itself.',
  'reference-dollar': 'What a reference names has a "$" in it.',
  'reference-scheme': 'A source or a reference begins with a scheme that cannot be read.',
  'retry-without-queue': 'An exporter retries while its caller waits, without a queue.',
  'set-option': 'An option `--set` has no key or no equal sign.',
  'source-unreadable': 'A source cannot be read.',
  'too-many-mistakes': 'There are more mistakes than are told.',
  'unavailable-component': 'The Collector has this component, and this program does not.',
  'unconnected-connector':
    'A connector ends or begins a pipeline, and no pipeline on its other side has a signal that it supports.',
  'undefined-component': 'A pipeline or `service.extensions` names a component that is not configured.',
  'undefined-extension': 'A setting names an extension that is not configured, or that needs itself.',
  'unknown-component': 'No component of this kind has this type.',
  'unknown-key': 'There is no such key.',
  'unknown-signal': 'A pipeline is of none of the signals.',
  'unsupported-key': 'The Collector has this key, and this component does not.',
  'unsupported-signal': 'A component stands in a pipeline of a signal that it does not have.',
  'unused-component': 'A component is configured and nothing names it.',
  'wrong-type': 'A value is of another type than the one that is asked for.',
  'yaml-alias': 'An alias of YAML has no anchor, contains itself, or copies too much.',
  'yaml-key': 'A key of YAML is no text, or has an empty part.',
  'yaml-second-document': 'A text has more than one document; only the first is read.',
  'yaml-syntax': 'The text is not YAML.',
  'yaml-tag': 'A tag of YAML means nothing here.',
  'yaml-too-deep': 'Values are nested too deep.',
};
