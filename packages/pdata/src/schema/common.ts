import { droppedAttributes, type MessageRow } from './row.js';

export type CommonMessage =
  'AnyValue' | 'ArrayValue' | 'KeyValueList' | 'KeyValue' | 'Scope' | 'EntityRef' | 'Resource';

export const commonMessages: Readonly<Record<CommonMessage, MessageRow>> = {
  AnyValue: {
    proto: 'common.v1.AnyValue',
    doc: 'A value of any type.',
    fields: {
      string_value: [1, 'string'],
      bool_value: [2, 'bool'],
      int_value: [3, 'int64'],
      double_value: [4, 'double'],
      array_value: [5, 'ArrayValue'],
      kvlist_value: [6, 'KeyValueList'],
      bytes_value: [7, 'bytes'],
      string_value_strindex: [8, 'int32'],
    },
    oneofs: {
      value: [
        'string_value',
        'bool_value',
        'int_value',
        'double_value',
        'array_value',
        'kvlist_value',
        'bytes_value',
        'string_value_strindex',
      ],
    },
  },
  ArrayValue: {
    proto: 'common.v1.ArrayValue',
    doc: 'A list of values.',
    fields: { values: [1, 'repeated AnyValue'] },
  },
  KeyValueList: {
    proto: 'common.v1.KeyValueList',
    doc: 'A list of pairs.',
    fields: { values: [1, 'repeated KeyValue'] },
  },
  KeyValue: {
    proto: 'common.v1.KeyValue',
    doc: 'A key and its value.',
    fields: { key: [1, 'string'], value: [2, 'AnyValue'], key_strindex: [3, 'int32'] },
  },
  Scope: {
    proto: 'common.v1.InstrumentationScope',
    doc: 'The instrumentation that made a record: a library, a module, a class.',
    fields: {
      name: [1, 'string', 'Name of the instrumentation; empty where it is not known.'],
      version: [2, 'string', 'Version of the instrumentation.'],
      attributes: [3, 'repeated KeyValue'],
      dropped_attributes_count: [4, 'uint32', droppedAttributes],
    },
  },
  EntityRef: {
    proto: 'common.v1.EntityRef',
    doc: 'Names the attributes of a resource that identify and describe an entity.',
    fields: {
      schema_url: [1, 'string', 'The schema that the entity follows.'],
      type: [2, 'string', 'Type of the entity, such as `service` or `host`.'],
      id_keys: [3, 'repeated string', 'Keys of the attributes that identify it.'],
      description_keys: [4, 'repeated string', 'Keys of the attributes that describe it.'],
    },
  },
  Resource: {
    proto: 'resource.v1.Resource',
    doc: 'What telemetry tells about: a service, a host, a container. Shared by all records of its group.',
    fields: {
      attributes: [1, 'repeated KeyValue'],
      dropped_attributes_count: [2, 'uint32', droppedAttributes],
      entity_refs: [3, 'repeated EntityRef', 'Entities that the attributes describe.'],
    },
  },
};
