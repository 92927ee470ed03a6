import { startTime, droppedAttributes, schemaUrl, resource, scope, type MessageRow } from './row.js';

export type ProfilesMessage =
  | 'ProfilesRequest'
  | 'ProfilesDictionary'
  | 'ResourceProfiles'
  | 'ScopeProfiles'
  | 'Profile'
  | 'Sample'
  | 'ValueType'
  | 'Mapping'
  | 'Location'
  | 'Line'
  | 'Function'
  | 'Link'
  | 'KeyValueAndUnit'
  | 'Stack';

export const profilesMessages: Readonly<Record<ProfilesMessage, MessageRow>> = {
  ProfilesRequest: {
    proto: 'collector.profiles.v1development.ExportProfilesServiceRequest',
    doc: 'An export request for profiles.',
    fields: { resource_profiles: [1, 'repeated ResourceProfiles'], dictionary: [2, 'ProfilesDictionary'] },
  },
  ProfilesDictionary: {
    proto: 'profiles.v1development.ProfilesDictionary',
    doc: 'What the profiles of a request point into.',
    fields: {
      mapping_table: [1, 'repeated Mapping'],
      location_table: [2, 'repeated Location'],
      function_table: [3, 'repeated Function'],
      link_table: [4, 'repeated Link'],
      string_table: [5, 'repeated string'],
      attribute_table: [6, 'repeated KeyValueAndUnit'],
      stack_table: [7, 'repeated Stack'],
    },
  },
  ResourceProfiles: {
    proto: 'profiles.v1development.ResourceProfiles',
    doc: 'Profiles of one resource.',
    fields: {
      resource: [1, 'Resource', resource],
      scope_profiles: [2, 'repeated ScopeProfiles'],
      schema_url: [3, 'string', schemaUrl],
    },
  },
  ScopeProfiles: {
    proto: 'profiles.v1development.ScopeProfiles',
    doc: 'Profiles of one instrumentation scope.',
    fields: {
      scope: [1, 'Scope', scope],
      profiles: [2, 'repeated Profile'],
      schema_url: [3, 'string', schemaUrl],
    },
  },
  Profile: {
    proto: 'profiles.v1development.Profile',
    doc: 'One profile: samples of one type over one stretch of time.',
    fields: {
      sample_type: [1, 'ValueType'],
      samples: [2, 'repeated Sample'],
      time_unix_nano: [3, 'fixed64', startTime],
      duration_nano: [4, 'uint64', 'How long it ran, in nanoseconds.'],
      period_type: [5, 'ValueType'],
      period: [6, 'int64', 'Events between two samples.'],
      profile_id: [7, 'bytes16'],
      dropped_attributes_count: [8, 'uint32', droppedAttributes],
      original_payload_format: [9, 'string', 'Format of the original payload, such as `pprof`.'],
      original_payload: [10, 'bytes', 'The profile as the source wrote it.'],
      attribute_indices: [11, 'repeated int32', 'Into the attribute table of the dictionary.'],
    },
  },
  Sample: {
    proto: 'profiles.v1development.Sample',
    doc: 'What was seen at one stack.',
    fields: {
      stack_index: [1, 'int32'],
      attribute_indices: [2, 'repeated int32'],
      link_index: [3, 'int32'],
      values: [4, 'repeated int64'],
      timestamps_unix_nano: [5, 'repeated fixed64'],
    },
  },
  ValueType: {
    proto: 'profiles.v1development.ValueType',
    doc: 'Type and unit of a value, as indices into the string table.',
    fields: { type_strindex: [1, 'int32'], unit_strindex: [2, 'int32'] },
  },
  Mapping: {
    proto: 'profiles.v1development.Mapping',
    doc: 'A mapped file.',
    fields: {
      memory_start: [1, 'uint64'],
      memory_limit: [2, 'uint64'],
      file_offset: [3, 'uint64'],
      filename_strindex: [4, 'int32'],
      attribute_indices: [5, 'repeated int32'],
    },
  },
  Location: {
    proto: 'profiles.v1development.Location',
    doc: 'A place in the code.',
    fields: {
      mapping_index: [1, 'int32'],
      address: [2, 'uint64'],
      lines: [3, 'repeated Line'],
      attribute_indices: [4, 'repeated int32'],
    },
  },
  Line: {
    proto: 'profiles.v1development.Line',
    doc: 'A line of a function.',
    fields: { function_index: [1, 'int32'], line: [2, 'int64'], column: [3, 'int64'] },
  },
  Function: {
    proto: 'profiles.v1development.Function',
    doc: 'A function.',
    fields: {
      name_strindex: [1, 'int32'],
      system_name_strindex: [2, 'int32'],
      filename_strindex: [3, 'int32'],
      start_line: [4, 'int64'],
    },
  },
  Link: {
    proto: 'profiles.v1development.Link',
    doc: 'A span that samples belong to.',
    fields: { trace_id: [1, 'bytes16'], span_id: [2, 'bytes8'] },
  },
  KeyValueAndUnit: {
    proto: 'profiles.v1development.KeyValueAndUnit',
    doc: 'An attribute with its unit.',
    fields: { key_strindex: [1, 'int32'], value: [2, 'AnyValue'], unit_strindex: [3, 'int32'] },
  },
  Stack: {
    proto: 'profiles.v1development.Stack',
    doc: 'Locations from the leaf to the root.',
    fields: { location_indices: [1, 'repeated int32'] },
  },
};
