/** How a message of the protocol is written down; `schema.ts` says what stands in a field. */
export type FieldRow = readonly [number: number, type: string, doc?: string];

export interface MessageRow {
  /** The message in the published `.proto` text, without `opentelemetry.proto.`. */
  readonly proto: string;
  readonly doc: string;
  readonly fields: Readonly<Record<string, FieldRow>>;
  /** Groups of fields of which the last one on the wire is set. */
  readonly oneofs?: Readonly<Record<string, readonly string[]>>;
  /** Fields without which an initialiser makes no sense. */
  readonly required?: readonly string[];
}

// What several messages say of a field.
export const startTime: string = 'When it began, in nanoseconds since the epoch.';
export const droppedAttributes: string = 'Attributes that the source left out, because it had too many.';
export const schemaUrl: string = 'The schema that the records of this group follow.';
export const resource: string = 'What the records of this group tell about.';
export const scope: string = 'The instrumentation that made the records of this group.';
