/** Writes the views and the initialisers: one class and one interface for each message of the schema. */
import { messages, type Field, type Message, type MessageName } from '../src/messages.js';
import { enums, type EnumName } from '../src/schema.js';

/** Written by hand (values), or read as a whole (requests, the tables of a profiles request). */
const withoutView: ReadonlySet<MessageName> = new Set<MessageName>([
  'AnyValue',
  'ArrayValue',
  'KeyValueList',
  'KeyValue',
  'TracesRequest',
  'MetricsRequest',
  'LogsRequest',
  'ProfilesRequest',
  'ProfilesDictionary',
  'Mapping',
  'Location',
  'Line',
  'Function',
  'Link',
  'KeyValueAndUnit',
  'Stack',
]);

/** Singular messages that read as empty where they are absent, and come into being when they are written to. */
const alwaysThere: ReadonlySet<string> = new Set(['Resource', 'Scope', 'Status']);

/** Names that differ from the protocol's, because a program reads better: how to list them, how to add one. */
const listNames: Readonly<Record<string, readonly [list: string, add: string]>> = {
  scope_spans: ['scopes', 'addScope'],
  scope_metrics: ['scopes', 'addScope'],
  scope_logs: ['scopes', 'addScope'],
  scope_profiles: ['scopes', 'addScope'],
  'ScopeSpans.spans': ['spans', 'add'],
  'ScopeMetrics.metrics': ['metrics', 'add'],
  'ScopeLogs.log_records': ['records', 'add'],
  'ScopeProfiles.profiles': ['profiles', 'add'],
};

/** Records know their group; the views of groups are their parents. */
const groups: Readonly<Partial<Record<MessageName, readonly [scope: MessageName, resource: MessageName]>>> = {
  Span: ['ScopeSpans', 'ResourceSpans'],
  Metric: ['ScopeMetrics', 'ResourceMetrics'],
  LogRecord: ['ScopeLogs', 'ResourceLogs'],
  Profile: ['ScopeProfiles', 'ResourceProfiles'],
};

const scopeGroups: Readonly<Partial<Record<MessageName, MessageName>>> = {
  ScopeSpans: 'ResourceSpans',
  ScopeMetrics: 'ResourceMetrics',
  ScopeLogs: 'ResourceLogs',
  ScopeProfiles: 'ResourceProfiles',
};

/** What a view offers beyond the fields of its message. */
const extras: Readonly<Partial<Record<MessageName, string>>> = {
  Span: `
    /** End minus start; exact to the nanosecond below 104 days, no bigint made. */
    get durationNanos(): number {
      return nanosBetween(this, ${tagOf('Span', 'start_time_unix_nano')}, ${tagOf('Span', 'end_time_unix_nano')});
    }`,
  Metric: `
    /** Which kind of points it has; \`undefined\` where it has none. */
    get kind(): MetricKind | undefined {
      return metricKind(this);
    }
    /** The points, of whichever kind. */
    dataPoints(): Iterable<DataPoint> {
      return dataPointsOf(this);
    }`,
  NumberDataPoint: `
    /** The value, of whichever type: an integer as bigint. */
    get value(): number | bigint | undefined {
      return this.asDouble ?? this.asInt;
    }`,
  Exemplar: `
    /** The value, of whichever type: an integer as bigint. */
    get value(): number | bigint | undefined {
      return this.asDouble ?? this.asInt;
    }`,
};

const dataPoints: ReadonlySet<MessageName> = new Set<MessageName>([
  'NumberDataPoint',
  'HistogramDataPoint',
  'ExponentialHistogramDataPoint',
  'SummaryDataPoint',
]);

/** The text of `src/generated/views.ts`, not formatted. */
export function generateViews(): string {
  const shown = Object.values(messages).filter((message) => !withoutView.has(message.name));
  return [
    '// Written by `npm run generate` from schema.ts. Do not edit.',
    `import type { Attributes, AttributeInput, AttributeValue, Value } from '../attributes.js';`,
    `import { Message } from '../fields.js';`,
    `import type { MessageName } from '../messages.js';`,
    `import { dataPointsOf, metricKind, nanosBetween, type DataPoint, type MetricKind } from '../records.js';`,
    `import { enumNames } from '../enums.js';`,
    ...Object.keys(enums).map((name) => enumType(name as EnumName)),
    `/** Attributes as an initialiser gives them. */`,
    `export type AttributesInit = Readonly<Record<string, AttributeInput>>;`,
    ...shown.map(initInterface),
    ...shown.map(viewClass),
  ].join('\n\n');
}

function enumType(name: EnumName): string {
  const values = Object.keys(enums[name].values).map((value) => `'${value.toLowerCase()}'`);
  return `export type ${name} = ${values.join(' | ')};`;
}

function doc(text: string): string {
  return text === '' ? '' : `/** ${text} */\n`;
}

function initInterface(message: Message): string {
  const fields = message.fields.map(
    (field) => `${doc(field.doc)}readonly ${field.jsonName}${field.required ? '' : '?'}: ${initType(field)};`,
  );
  return `/** Describes a {@link ${message.name}} to be made. */\nexport interface ${message.name}Init {\n${fields.join('\n')}\n}`;
}

function initType(field: Field): string {
  if (field.type === 'KeyValue') return 'AttributesInit';
  const one =
    field.type === 'AnyValue'
      ? 'AttributeInput'
      : field.kind === 'message'
        ? `${field.type}Init`
        : scalarType(field);
  return field.repeated ? `readonly ${one.includes('|') ? `(${one})` : one}[]` : one;
}

function scalarType(field: Field): string {
  if (field.kind === 'enum') return field.type;
  switch (field.type) {
    case 'string':
    case 'bytes8':
    case 'bytes16':
      return 'string';
    case 'bytes':
      return 'Uint8Array';
    case 'bool':
      return 'boolean';
    case 'fixed64':
    case 'sfixed64':
    case 'int64':
    case 'uint64':
      return 'bigint';
    default:
      return 'number';
  }
}

function viewClass(message: Message): string {
  const { name } = message;
  return [
    `${doc(message.doc)}export class ${name} extends Message {`,
    `/** @internal */\noverride get messageName(): MessageName { return '${name}'; }`,
    groupAccessors(name),
    ...message.fields.map((field) => accessors(message, field)),
    extras[name] ?? '',
    '}',
  ].join('\n');
}

function groupAccessors(name: MessageName): string {
  const group = groups[name];
  if (group !== undefined) {
    return `
      /** Shared by all records of the group: an edit here shows on its siblings. */
      get resource(): Resource { return (this.parent!.parent as ${group[1]}).resource; }
      /** Shared by all records of the group: an edit here shows on its siblings. */
      get scope(): Scope { return (this.parent as ${group[0]}).scope; }`;
  }
  const resource = scopeGroups[name];
  if (resource !== undefined) {
    return `
      /** Shared by all scopes of the group. */
      get resource(): Resource { return (this.parent as ${resource}).resource; }`;
  }
  if (dataPoints.has(name)) {
    return `
      /** The metric that the point belongs to. */
      get metric(): Metric { return this.parent!.parent as Metric; }`;
  }
  return '';
}

function accessors(message: Message, field: Field): string {
  const { jsonName: name, tag } = field;
  const text = doc(field.doc);
  if (field.type === 'KeyValue') {
    return `${text}get ${name}(): Attributes { return this.attributeList(${tag}); }`;
  }
  if (field.type === 'AnyValue') {
    return `
      /** The plain value; \`undefined\` where there is none. */
      get ${name}(): AttributeValue | undefined { return this.anyValue(${tag}); }
      set ${name}(value: AttributeInput | undefined) { this.setAnyValue(${tag}, value); }
      /** The value as a view, for edits within lists and maps. */
      get ${name}Value(): Value | undefined { return this.valueView(${tag}); }`;
  }
  if (field.kind === 'message')
    return field.repeated ? listAccessors(message, field) : partAccessors(message, field);
  if (field.repeated) return arrayAccessors(field);
  return scalarAccessors(message, field);
}

function listAccessors(message: Message, field: Field): string {
  const singular = field.jsonName.replace(/s$/, '');
  const [list, add] = listNames[`${message.name}.${field.name}`] ??
    listNames[field.name] ?? [field.jsonName, `add${singular[0]!.toUpperCase()}${singular.slice(1)}`];
  const { type, tag } = field;
  return `
    ${doc(field.doc)}${list}(): Iterable<${type}> { return this.children(${tag}, ${type}); }
    /** Adds a copy of ${article(type)} from any batch, or a new one, and returns it. To move one, \`remove()\` the original. */
    ${add}(init: ${type} | ${type}Init${isEmptyInit(type as MessageName) ? ' = {}' : ''}): ${type} { return this.addMessage(${tag}, ${type}, '${type}', init); }`;
}

function article(name: string): string {
  return `${/^[AEIOU]/.test(name) ? 'an' : 'a'} ${name}`;
}

function isEmptyInit(name: MessageName): boolean {
  return messages[name].fields.every((field) => !field.required);
}

function partAccessors(message: Message, field: Field): string {
  const { jsonName: name, type, tag } = field;
  const always = alwaysThere.has(type);
  const absent = always ? '' : ' | undefined';
  return `
    ${doc(field.doc)}get ${name}(): ${type}${absent} { return this.${always ? 'part' : 'optionalPart'}(${tag}, ${type}); }
    set ${name}(value: ${type} | ${type}Init${absent}) { this.setPart(${tag}, '${type}', value${rivals(message, field)}); }`;
}

function arrayAccessors(field: Field): string {
  const { jsonName: name } = field;
  if (field.type === 'string') {
    return `
      ${doc(field.doc)}get ${name}(): readonly string[] { return this.texts(${field.tag}); }
      set ${name}(values: readonly string[]) { this.setList(${field.tag}, values); }`;
  }
  const type = scalarType(field);
  return `
    ${doc(field.doc)}get ${name}(): readonly ${type}[] { return this.numbers(${field.tag}, '${field.type}'); }
    set ${name}(values: readonly ${type}[]) { this.setList(${field.tag}, values); }`;
}

/** Readers of singular fields, by type. */
const readers: Readonly<Record<string, string>> = {
  string: 'text',
  bytes: 'raw',
  bool: 'flag',
  double: 'double',
  fixed32: 'fixed32',
  fixed64: 'fixed64',
  int32: 'signed',
  int64: 'signed64',
  sint32: 'zigzag',
  uint32: 'unsigned',
  uint64: 'unsigned64',
};

function scalarAccessors(message: Message, field: Field): string {
  const { jsonName: name, tag } = field;
  const text = doc(field.doc);
  if (field.kind === 'enum') {
    return `
      ${text}get ${name}(): ${field.type} { return enumNames.${field.type}.name(this.unsigned(${tag})); }
      set ${name}(value: ${field.type}) { this.setField(${tag}, value); }`;
  }
  if (field.idBytes !== undefined) {
    const digits = 2 * field.idBytes;
    return `
      /** ${digits} lower-case hexadecimal digits, or empty. \`${name}Bytes\` reads without making a string. */
      get ${name}(): string { return this.hex(${tag}); }
      set ${name}(value: string) { this.setField(${tag}, value); }
      /** The ID as it stands in the batch: ${field.idBytes} bytes or none, to be read and not to be kept. */
      get ${name}Bytes(): Uint8Array { return this.raw(${tag}); }`;
  }
  const type = scalarType(field);
  if (field.optional || field.oneof !== undefined) {
    const reader = field.type === 'double' ? 'optionalDouble' : 'optionalSfixed64';
    return `
      ${text}get ${name}(): ${type} | undefined { return this.${reader}(${tag}); }
      set ${name}(value: ${type} | undefined) { this.setField(${tag}, value${rivals(message, field)}); }`;
  }
  return `
    ${text}get ${name}(): ${type} { return this.${readers[field.type]}(${tag}); }
    set ${name}(value: ${type}) { this.setField(${tag}, value); }`;
}

/** The other members of a oneof, as a last argument: only the one that was set last is there. */
function rivals(message: Message, field: Field): string {
  if (field.oneof === undefined) return '';
  const others = message.fields.filter((other) => other.oneof === field.oneof && other !== field);
  return `, [${others.map(({ tag }) => tag).join(', ')}]`;
}

function tagOf(name: MessageName, field: string): number {
  return messages[name].byJsonName.get(field)!.tag;
}
