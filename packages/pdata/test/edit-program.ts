/** Programs of edits at random, carried out on a batch and on its model. */
import fc from 'fast-check';
import { expect } from 'vitest';
import type { Attributes } from '../src/attributes.js';
import { batchFactory } from '../src/factory.js';
import { messages, signalPaths, type Field } from '../src/messages.js';
import type { MessageName } from '../src/schema.js';
import type { Batch, Signal } from '../src/telemetry.js';
import { anyGiven, anyInit, anyInput, plainValue } from './any-init.js';
import { anyRequest } from './any-request.js';
import {
  addGroup,
  editPairs,
  groupsOf,
  jsonToWrite,
  Model,
  placesOf,
  valueJson,
  editValue,
  type Place,
} from './edit-model.js';
import { encode, type Plain } from './oracle.js';
import { otlpJson } from './otlp-json.js';
import { addName, type Loose } from './reading.js';

/** Carries out so many random steps on a batch and on its model, and compares them after each. */
export function runProgram(g: fc.GeneratorValue, signal: Signal, steps: number): void {
  const { request } = signalPaths[signal];
  const [first, model] = fresh();
  let batch = first;
  /** Views from before, with the messages that they are of. */
  let kept: Place[] = [];
  /** Batches that must not change any more, with what they said. */
  const clones: [batch: Batch<Signal>, json: Plain][] = [];

  for (let i = 0; i < steps; i++) step();
  check(placesOf(batch, model));
  for (const [clone, json] of clones) expect(otlpJson(request, clone.toBytes())).toEqual(json);

  function choose(options: number): number {
    return g(fc.nat, options - 1);
  }

  function fresh(): [Batch<Signal>, Model] {
    const bytes = g(anyRequest, signal);
    return [batchFactory(signal).from(bytes), new Model(signal, otlpJson(request, bytes))];
  }

  function step(): void {
    const places = placesOf(batch, model);
    check(places);
    if (choose(3) === 0) kept.push(...places);
    const act = choose(24);
    if (act === 0) transfer();
    else if (act === 1) clone();
    else if (act === 2) settle();
    else if (act === 3) append();
    else if (act === 4) grow(places);
    else if (act === 5) editGhost(places);
    else if (act === 6) expect(said()).toEqual(model.settled());
    else if (places.length > 0) edit(handle(places[choose(places.length)]!), places);
  }

  /** The fresh view of a place, or one that was kept. */
  function handle(place: Place): Place {
    // A part that was removed is a removed node to the views of it; a new one sees that there is none.
    if (place.json === undefined) return place;
    const old = kept.filter(
      ({ json, around, field }) =>
        around === place.around && field === place.field && (json === place.json || !field.repeated),
    );
    const views = [place.view, ...old.map(({ view }) => view)];
    return { ...place, view: views[choose(views.length)]! };
  }

  function said(): Plain {
    return otlpJson(request, batch.toBytes());
  }

  function check(places: readonly Place[]): void {
    const settled = model.settled();
    expect(batch.itemCount).toBe(model.items());
    expect(batch.byteLength).toBe(batch.clone().byteLength);
    const bytes = batch.clone().toBytes();
    expect(bytes.length).toBe(batch.byteLength);
    expect(otlpJson(request, bytes)).toEqual(settled);
    // What is edited in a batch whose bytes were asked for must be seen in the next ones.
    if (choose(2) === 0) expect(batch.toBytes()).toEqual(bytes);
    const live = new Set(places.map(({ json }) => json));
    const arounds = new Set<Plain>([model.json, ...places.map((place) => place.json ?? {})]);
    for (const { view, json, around, field, name } of kept) {
      const current = field.repeated ? json : (around[field.jsonName] as Plain | undefined);
      const isLive = field.repeated ? live.has(json) : arounds.has(around) && current !== undefined;
      if (isLive) {
        expect(view.isRemoved).toBe(false);
        expect(view.toObject()).toEqual(model.copy(name, current!));
      } else {
        if (field.repeated) expect(view.isRemoved).toBe(true);
        expect(typeof view.toObject()).toBe('object');
      }
    }
  }

  function transfer(): void {
    const [old] = groupsOf(batch);
    batch = batch.transfer();
    if (old !== undefined) {
      expect(() => ((old['resource'] as Loose)['attributes'] as Attributes).set('late', 1)).toThrow(
        TypeError,
      );
      expect(() => old.remove()).toThrow(TypeError);
      expect(typeof old.toObject()).toBe('object');
    }
    kept = [];
  }

  function clone(): void {
    const copy = batch.clone();
    const json = model.settled();
    if (choose(2) === 0) {
      clones.push([copy, json]);
      return;
    }
    clones.push([batch, json]);
    batch = copy;
    model.settle();
    kept = [];
  }

  function settle(): void {
    if (choose(2) === 0) batch.settle();
    else batch.compact();
    model.settle();
    kept = [];
  }

  function append(): void {
    const [other, otherModel] = fresh();
    if (!batch.canAppend(other)) return;
    for (const place of placesOf(other, otherModel).slice(0, 2)) editAttributes(place);
    batch.append(other);
    expect(other.itemCount).toBe(0);
    for (const [key, value] of Object.entries(otherModel.json)) {
      const mine = (model.json[key] ?? []) as Plain[];
      model.json[key] = Array.isArray(value) ? [...mine, ...(value as Plain[])] : value;
    }
  }

  function grow(places: readonly Place[]): void {
    // The tables of profiles have their own request: no group of another one fits in.
    if (signal === 'profiles') return;
    const [field] = messages[request].fields;
    const { init, json } = given(field!, places);
    const view = addGroup(batch, init);
    expect(view.isRemoved).toBe(false);
    model.json[field!.jsonName] = [...((model.json[field!.jsonName] as Plain[]) ?? []), json];
  }

  /** A message to be added: an initialiser, or a view from this batch or another. */
  function given(field: Field, places: readonly Place[]): { init: object; json: Plain } {
    const type = field.type as MessageName;
    const same = places.filter(({ name, json }) => name === type && json !== undefined);
    if (same.length > 0 && choose(2) === 0) {
      const { view, json } = handle(same[choose(same.length)]!);
      return { init: view, json: model.copy(type, json!) };
    }
    const { init, plain } = g(anyInit, type);
    return { init, json: otlpJson(type, encode(type, plain)) };
  }

  /** What is removed can be read and written, and nothing comes of it. */
  function editGhost(places: readonly Place[]): void {
    const live = new Set(places.map(({ json }) => json));
    const ghosts = kept.filter(({ field, json }) => field.repeated && !live.has(json));
    if (ghosts.length === 0) return;
    const { view, name } = ghosts[choose(ghosts.length)]!;
    for (const field of messages[name].fields) {
      if (field.type === 'KeyValue')
        (view[field.jsonName] as Attributes).set(
          'ghost',
          g(() => anyInput),
        );
      else if (field.kind !== 'message') (view as Plain)[field.jsonName] = g(anyGiven, field).init;
      else if (field.type === 'AnyValue') (view as Plain)[field.jsonName] = 'ghost';
      else {
        const { init } = g(anyInit, field.type as MessageName);
        if (field.repeated) (view[addName(field)] as (init: object) => Loose).call(view, init);
        else (view as Plain)[field.jsonName] = init;
      }
    }
    view.remove();
  }

  function editAttributes(place: Place): void {
    const field = messages[place.name].fields.find(({ type }) => type === 'KeyValue');
    if (field !== undefined) editField(place, field, []);
  }

  function edit(place: Place, places: readonly Place[]): void {
    if (choose(8) === 0) {
      place.view.remove();
      model.remove(place);
      return;
    }
    const { fields } = messages[place.name];
    editField(place, fields[choose(fields.length)]!, places);
  }

  function editField(place: Place, field: Field, places: readonly Place[]): void {
    const { view, name } = place;
    const key = field.jsonName;
    if (field.type === 'KeyValue') {
      const input = g(() => anyInput);
      const json = place.json ?? {};
      editPairs(view[key] as Attributes, json, key, choose, input, valueJson(plainValue(input)));
      // Only a write brings an absent message into being.
      if (place.json === undefined && json[key] !== undefined) Object.assign(jsonToWrite(place), json);
      return;
    }
    if (field.type === 'AnyValue') {
      const input = g(() => anyInput);
      const value = view[`${key}Value`] as Parameters<typeof editValue>[0] | undefined;
      if (value !== undefined && choose(2) === 0) {
        editValue(value, place.json![key] as Plain, choose, input, valueJson(plainValue(input)));
      } else if (choose(5) === 0) {
        (view as Plain)[key] = undefined;
        if (place.json !== undefined) delete place.json[key];
      } else {
        (view as Plain)[key] = input;
        jsonToWrite(place)[key] = valueJson(plainValue(input));
      }
      return;
    }
    if (field.kind === 'message' && field.repeated) {
      const { init, json } = given(field, places);
      const added = (view[addName(field)] as (init: object) => Loose).call(view, init);
      expect(added.isRemoved).toBe(false);
      const target = jsonToWrite(place);
      target[key] = [...((target[key] as Plain[] | undefined) ?? []), json];
      return;
    }
    if (field.kind === 'message') {
      if (choose(4) === 0) {
        (view as Plain)[key] = undefined;
        const json = place.json?.[key] as Plain | undefined;
        if (json !== undefined) {
          model.remove({ name: field.type as MessageName, view, json, around: place.json!, field });
        }
        return;
      }
      const { init, json } = given(field, places);
      (view as Plain)[key] = init;
      const target = jsonToWrite(place);
      model.clearRivals(target, name, field);
      target[key] = json;
      return;
    }
    const { init, plain } = g(anyGiven, field);
    (view as Plain)[key] = init;
    const json = otlpJson(name, encode(name, { [key]: plain }));
    if (json[key] === undefined) {
      if (place.json !== undefined) delete place.json[key];
    } else {
      const target = jsonToWrite(place);
      model.clearRivals(target, name, field);
      target[key] = json[key];
    }
  }
}
