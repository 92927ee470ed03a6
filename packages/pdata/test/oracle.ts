/**
 * protobufjs with the published `.proto` text as its schema: what everything here
 * is held against. The text comes from an installed package that others wrote;
 * what its release lacks of OTLP 1.11 is added below, from the specification.
 */
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import protobuf from 'protobufjs';
import { messages } from '../src/messages.js';
import type { MessageName } from '../src/schema.js';

/** Fields that the installed text lacks, by message. */
const missingFields: Readonly<Record<string, string>> = {
  'common.v1.AnyValue': 'oneof value { int32 string_value_strindex = 8; }',
  'common.v1.KeyValue': 'int32 key_strindex = 3;',
  'resource.v1.Resource': 'repeated opentelemetry.proto.common.v1.EntityRef entity_refs = 3;',
  'logs.v1.LogRecord': 'string event_name = 12;',
};

/** Messages that the installed text lacks, by package. */
const missingMessages: Readonly<Record<string, string>> = {
  'common.v1': `
    message EntityRef {
      string schema_url = 1; string type = 2;
      repeated string id_keys = 3; repeated string description_keys = 4;
    }`,
  'profiles.v1development': `
    message ProfilesDictionary {
      repeated Mapping mapping_table = 1; repeated Location location_table = 2;
      repeated Function function_table = 3; repeated Link link_table = 4;
      repeated string string_table = 5; repeated KeyValueAndUnit attribute_table = 6;
      repeated Stack stack_table = 7;
    }
    message ResourceProfiles {
      opentelemetry.proto.resource.v1.Resource resource = 1;
      repeated ScopeProfiles scope_profiles = 2; string schema_url = 3;
    }
    message ScopeProfiles {
      opentelemetry.proto.common.v1.InstrumentationScope scope = 1;
      repeated Profile profiles = 2; string schema_url = 3;
    }
    message Profile {
      ValueType sample_type = 1; repeated Sample samples = 2; fixed64 time_unix_nano = 3;
      uint64 duration_nano = 4; ValueType period_type = 5; int64 period = 6; bytes profile_id = 7;
      uint32 dropped_attributes_count = 8; string original_payload_format = 9;
      bytes original_payload = 10; repeated int32 attribute_indices = 11;
    }
    message Link { bytes trace_id = 1; bytes span_id = 2; }
    message ValueType { int32 type_strindex = 1; int32 unit_strindex = 2; }
    message Sample {
      int32 stack_index = 1; repeated int32 attribute_indices = 2; int32 link_index = 3;
      repeated int64 values = 4; repeated fixed64 timestamps_unix_nano = 5;
    }
    message Mapping {
      uint64 memory_start = 1; uint64 memory_limit = 2; uint64 file_offset = 3;
      int32 filename_strindex = 4; repeated int32 attribute_indices = 5;
    }
    message Stack { repeated int32 location_indices = 1; }
    message Location {
      int32 mapping_index = 1; uint64 address = 2; repeated Line lines = 3;
      repeated int32 attribute_indices = 4;
    }
    message Line { int32 function_index = 1; int64 line = 2; int64 column = 3; }
    message Function {
      int32 name_strindex = 1; int32 system_name_strindex = 2; int32 filename_strindex = 3;
      int64 start_line = 4;
    }
    message KeyValueAndUnit {
      int32 key_strindex = 1; opentelemetry.proto.common.v1.AnyValue value = 2; int32 unit_strindex = 3;
    }`,
  'collector.profiles.v1development': `
    message ExportProfilesServiceRequest {
      repeated opentelemetry.proto.profiles.v1development.ResourceProfiles resource_profiles = 1;
      opentelemetry.proto.profiles.v1development.ProfilesDictionary dictionary = 2;
    }
    message ExportProfilesPartialSuccess { int64 rejected_profiles = 1; string error_message = 2; }
    message ExportProfilesServiceResponse { ExportProfilesPartialSuccess partial_success = 1; }
    service ProfilesService { rpc Export(ExportProfilesServiceRequest) returns (ExportProfilesServiceResponse); }`,
};

/** OTLP as published. */
export const oracle: protobuf.Root = loadOracle();

/** The published message behind one of ours. */
export function oracleType(name: MessageName): protobuf.Type {
  return oracle.lookupType(`opentelemetry.proto.${messages[name].proto}`);
}

/** A message in the shape that protobufjs takes: fields in camelCase, 64-bit integers as strings. */
export type Plain = { [field: string]: unknown };

export function encode(name: MessageName, plain: Plain): Buffer {
  const type = oracleType(name);
  return Buffer.from(type.encode(type.fromObject(plain)).finish());
}

/** What protobuf reads from `bytes`: fields that are set; 64-bit integers as `bigint`, bytes in base64. */
export function decode(name: MessageName, bytes: Uint8Array): Plain {
  const type = oracleType(name);
  return type.toObject(type.decode(bytes), { longs: BigInt, bytes: String });
}

function loadOracle(): protobuf.Root {
  const folder = dirname(createRequire(import.meta.url).resolve('@elastic/mockotlpserver/package.json'));
  const root = new protobuf.Root();
  root.resolvePath = (_origin, target) => (target.startsWith('/') ? target : join(folder, target));
  root.loadSync(
    readdirSync(join(folder, 'opentelemetry'), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.proto'))
      .map((file) => join(folder, 'opentelemetry', file)),
  );
  for (const [name, text] of Object.entries(missingMessages)) {
    const packageName = `opentelemetry.proto.${name}`;
    protobuf.parse(`syntax = "proto3"; package ${packageName}; ${text}`, root);
  }
  for (const [name, text] of Object.entries(missingFields)) {
    addFields(root.lookupType(`opentelemetry.proto.${name}`), text);
  }
  root.resolveAll();
  return root;
}

/** Moves the fields of a message that consists of `text` into `type`. */
function addFields(type: protobuf.Type, text: string): void {
  const parsed = protobuf.parse(`syntax = "proto3"; message More { ${text} }`, new protobuf.Root());
  for (const field of parsed.root.lookupType('More').fieldsArray) {
    const { name, id, type: fieldType, rule, partOf } = field;
    const copy = new protobuf.Field(name, id, fieldType, field.repeated ? 'repeated' : rule);
    if (partOf) type.oneofs[partOf.name]!.add(copy);
    else type.add(copy);
  }
}
