/**
 * The few messages that OTLP answers with, read and written field by field: they
 * are rare and small. Only protobufjs' reader and writer are used, which work
 * where a program may not make code out of strings.
 */
import protobuf from 'protobufjs/minimal.js';

const { Reader, Writer } = protobuf;

/** What stands in a field of a message that is read. */
type Visit = (tag: number, reader: protobuf.Reader) => boolean;

/** Gives each field to `visit`, which says whether it has read the value. @throws where the bytes are no message */
export function eachField(bytes: Uint8Array, visit: Visit): void {
  const reader = Reader.create(bytes);
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if (!visit(tag, reader)) reader.skipType(tag & 7);
  }
}

/** Writes a message. */
export function message(write: (writer: protobuf.Writer) => void): Uint8Array {
  const writer = Writer.create();
  write(writer);
  return writer.finish();
}
