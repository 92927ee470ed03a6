/**
 * A batch of plain objects beside a real one: every edit is made in both, and
 * after each they must say the same. The objects have the form of OTLP/JSON.
 */
import { expect } from 'vitest';
import type { Attributes, AttributeInput, Value } from '../src/attributes.js';
import { messages, signalPaths, type Field } from '../src/messages.js';
import type { MessageName } from '../src/schema.js';
import type { Batch, Signal } from '../src/telemetry.js';
import { encode, type Plain } from './oracle.js';
import { otlpJson } from './otlp-json.js';
import { listName, type Loose } from './reading.js';

type Json = Plain;

/** A message in the batch and in the model. */
export interface Place {
  readonly name: MessageName;
  readonly view: Loose;
  /** `undefined` where the message is absent and its view reads as empty. */
  readonly json: Json | undefined;
  /** The message around it, the request at the top, and where in it this one stands. */
  readonly around: Json;
  readonly field: Field;
}

export class Model {
  readonly signal: Signal;
  readonly request: MessageName;
  json: Json;
  /** Groups that lost a record by removal, since the edits were last written out. */
  private lost = new Set<Json>();
  /** What stands between the request and its records. */
  private readonly groupFields: ReadonlySet<Field>;

  constructor(signal: Signal, json: Json) {
    this.signal = signal;
    this.request = signalPaths[signal].request;
    this.json = json;
    this.groupFields = groupFieldsOf(signal);
  }

  /** What `toBytes` must say: without the groups that vanish. */
  settled(): Json {
    return this.copy(this.request, this.json);
  }

  /** The edits are written out: what vanished is gone for good. */
  settle(): void {
    this.json = this.settled();
    this.lost = new Set();
  }

  items(json: Json = this.json, name: MessageName = this.request, level = 0): number {
    const { levels } = signalPaths[this.signal];
    if (level === levels.length) return 1;
    let count = 0;
    for (const field of messages[name].fields) {
      if (!levels[level]!.includes(field.tag)) continue;
      for (const one of listOf(json[field.jsonName])) {
        count += this.items(one, field.type as MessageName, level + 1);
      }
    }
    return count;
  }

  /** Takes a message out; its group has lost a record, if it was one. */
  remove({ around, field, json }: Place): void {
    if (json === undefined) return;
    if (field.repeated) {
      const list = around[field.jsonName] as Json[];
      list.splice(list.indexOf(json), 1);
      if (list.length === 0) delete around[field.jsonName];
    } else delete around[field.jsonName];
    if (this.groupFields.has(field)) this.lost.add(around);
  }

  /** A oneof of records was written: another member is gone. */
  clearRivals(around: Json, name: MessageName, field: Field): void {
    if (field.oneof === undefined) return;
    for (const other of messages[name].fields) {
      if (other === field || other.oneof !== field.oneof || around[other.jsonName] === undefined) continue;
      delete around[other.jsonName];
      if (this.groupFields.has(other)) this.lost.add(around);
    }
  }

  /** A copy of a message as it would be written. */
  copy(name: MessageName, json: Json): Json {
    const copy: Json = {};
    for (const [key, value] of Object.entries(json)) {
      const field = messages[name].byJsonName.get(key)!;
      if (!this.groupFields.has(field)) copy[key] = structuredClone(value);
      else {
        const type = field.type as MessageName;
        const kept = listOf(value).filter((one) => !this.vanishes(type, one));
        const copies = kept.map((one) => this.copy(type, one));
        if (copies.length > 0) copy[key] = field.repeated ? copies : copies[0];
      }
    }
    return copy;
  }

  private vanishes(name: MessageName, json: Json): boolean {
    const fields = messages[name].fields.filter((field) => this.groupFields.has(field));
    let hasLost = this.lost.has(json);
    for (const field of fields) {
      for (const one of listOf(json[field.jsonName])) {
        if (!this.vanishes(field.type as MessageName, one)) return false;
        hasLost = true;
      }
    }
    return hasLost;
  }
}

function listOf(value: unknown): Json[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? (value as Json[]) : [value as Json];
}

function groupFieldsOf(signal: Signal): ReadonlySet<Field> {
  const { request, levels } = signalPaths[signal];
  const found = new Set<Field>();
  let names: MessageName[] = [request];
  for (const tags of levels) {
    const fields = names.flatMap((name) => messages[name].fields.filter(({ tag }) => tags.includes(tag)));
    for (const field of fields) found.add(field);
    names = fields.map((field) => field.type as MessageName);
  }
  return found;
}

/** The groups of a batch, whatever they are called. */
export function groupsOf(batch: Batch<Signal>): Loose[] {
  const [field] = messages[signalPaths[batch.signal].request].fields;
  return [...(batch as unknown as Record<string, () => Iterable<Loose>>)[field!.jsonName]!()];
}

export function addGroup(batch: Batch<Signal>, init: object): Loose {
  const [field] = messages[signalPaths[batch.signal].request].fields;
  const name = field!.type;
  return (batch as unknown as Record<string, (init: object) => Loose>)[`add${name}`]!(init);
}

/** Every message that has a view, in the batch and in the model side by side; fails where the two have not the same. */
export function placesOf(batch: Batch<Signal>, model: Model): Place[] {
  const places: Place[] = [];
  const [field] = messages[model.request].fields;
  visitAll(places, groupsOf(batch), model.json, field!);
  return places;
}

function visitAll(places: Place[], list: readonly Loose[], around: Json, field: Field): void {
  const jsons = listOf(around[field.jsonName]);
  expect(list.length).toBe(jsons.length);
  list.forEach((view, i) => visit(places, { name: view.messageName, view, json: jsons[i]!, around, field }));
}

function visit(places: Place[], place: Place): void {
  places.push(place);
  const { view, name } = place;
  for (const field of messages[name].fields) {
    if (field.kind !== 'message' || field.type === 'KeyValue' || field.type === 'AnyValue') continue;
    const json = place.json ?? {};
    if (field.repeated) {
      visitAll(places, [...(view[listName(field)] as () => Iterable<Loose>).call(view)], json, field);
      continue;
    }
    const part = view[field.jsonName] as Loose | undefined;
    const partJson = json[field.jsonName] as Json | undefined;
    if (part === undefined) expect(partJson).toBeUndefined();
    else if (place.json !== undefined) {
      visit(places, {
        name: field.type as MessageName,
        view: part,
        json: partJson,
        around: place.json,
        field,
      });
    }
  }
}

/** Writes a field of a message that may be absent until then. */
export function jsonToWrite(place: Place): Json {
  return place.json ?? (place.around[place.field.jsonName] = {});
}

/** A list of pairs of the model as `Attributes` must treat it. */
export const pairs = {
  set(list: Json[], key: string, value: Json): void {
    const first = list.find((pair) => keyOf(pair) === key);
    if (first === undefined) list.push(pairOf(key, value));
    else {
      for (const name of Object.keys(first)) delete first[name];
      Object.assign(first, pairOf(key, value));
      pairs.keep(list, (pair) => pair === first || keyOf(pair) !== key);
    }
  },
  delete(list: Json[], key: string): boolean {
    return pairs.keep(list, (pair) => keyOf(pair) !== key);
  },
  rename(list: Json[], from: string, to: string): boolean {
    const first = list.find((pair) => keyOf(pair) === from);
    if (first === undefined) return false;
    if (from === to) return true;
    pairs.keep(list, (pair) => pair === first || (keyOf(pair) !== from && keyOf(pair) !== to));
    delete first['key'];
    if (to !== '') first['key'] = to;
    return true;
  },
  keep(list: Json[], wanted: (pair: Json) => boolean): boolean {
    const kept = list.filter(wanted);
    const hasLost = kept.length < list.length;
    list.splice(0, list.length, ...kept);
    return hasLost;
  },
};

export function keyOf(pair: Json): string {
  return (pair['key'] as string | undefined) ?? '';
}

function pairOf(key: string, value: Json): Json {
  return key === '' ? { value } : { key, value };
}

/** The list of pairs of a field, which is left out where it is empty. */
export function withList<T>(around: Json, field: string, edit: (list: Json[]) => T): T {
  const list = (around[field] ?? []) as Json[];
  const result = edit(list);
  if (list.length === 0) delete around[field];
  else around[field] = list;
  return result;
}

/** An AnyValue in the form of the model. */
export function valueJson(plain: Plain): Json {
  return otlpJson('AnyValue', encode('AnyValue', plain));
}

/**
 * Edits a value below `value`, at the place that `choose` leads to: puts another
 * one there, sets, renames or deletes in a map, takes an element out of a list.
 */
export function editValue(
  value: Value,
  json: Json,
  choose: (options: number) => number,
  input: AttributeInput,
  inputJson: Json,
): void {
  const elements = [...value.values()];
  const list = json['arrayValue'] as { values?: Json[] } | undefined;
  expect(elements.length).toBe(list?.values?.length ?? 0);
  if (elements.length > 0 && choose(4) > 0) {
    const index = choose(elements.length);
    if (choose(4) > 0) return editValue(elements[index]!, list!.values![index]!, choose, input, inputJson);
    elements[index]!.remove();
    list!.values!.splice(index, 1);
    if (list!.values!.length === 0) delete list!.values;
    return;
  }
  const { map } = value;
  const mapJson = json['kvlistValue'] as Json | undefined;
  expect(map === undefined).toBe(mapJson === undefined);
  if (map !== undefined && choose(4) > 0) return editPairs(map, mapJson!, 'values', choose, input, inputJson);
  value.set(input);
  for (const name of Object.keys(json)) delete json[name];
  Object.assign(json, structuredClone(inputJson));
}

const someKeys = ['a', 'b', '', 'service.name'];

/** One edit of a list of pairs; checks what the method returns, and what is read afterwards through a twin. */
export function editPairs(
  attributes: Attributes,
  around: Json,
  field: string,
  choose: (options: number) => number,
  input: AttributeInput,
  inputJson: Json,
): void {
  withList(around, field, (list) => {
    const keys = [...list.map(keyOf), ...someKeys];
    const key = keys[choose(keys.length)]!;
    switch (choose(5)) {
      case 0:
      case 1:
        attributes.set(key, input);
        pairs.set(list, key, structuredClone(inputJson));
        break;
      case 2: {
        const to = keys[choose(keys.length)]!;
        expect(attributes.rename(key, to)).toBe(pairs.rename(list, key, to));
        break;
      }
      case 3:
        expect(attributes.delete(key)).toBe(pairs.delete(list, key));
        expect(attributes.has(key)).toBe(false);
        break;
      default: {
        const value = attributes.value(key);
        const pair = list.find((one) => keyOf(one) === key);
        expect(value === undefined).toBe(pair === undefined);
        if (value !== undefined) editValue(value, (pair!['value'] ??= {}) as Json, choose, input, inputJson);
      }
    }
    expect(attributes.size).toBe(list.length);
  });
}
