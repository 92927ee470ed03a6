import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Attributes } from '../src/attributes.js';
import { batchFactory } from '../src/factory.js';
import { messages, signalPaths, type Field } from '../src/messages.js';
import type { MessageName } from '../src/schema.js';
import type { Batch, Signal } from '../src/telemetry.js';
import { assertProperty } from '../../../test/support/property.js';
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

/** The program that one run of the property carries out, on a batch and on its model. */
class Program {
  batch: Batch<Signal>;
  model: Model;
  private readonly g: fc.GeneratorValue;
  private readonly signal: Signal;
  private readonly request: MessageName;
  /** Views from before, by the message they are of. */
  private kept: Place[] = [];
  /** Batches that must not change any more, with what they said. */
  private readonly clones: [batch: Batch<Signal>, json: Plain][] = [];

  constructor(g: fc.GeneratorValue, signal: Signal) {
    this.g = g;
    this.signal = signal;
    this.request = signalPaths[signal].request;
    [this.batch, this.model] = this.fresh();
  }

  private readonly choose = (options: number): number => this.g(fc.nat, options - 1);

  private fresh(): [Batch<Signal>, Model] {
    const bytes = this.g(anyRequest, this.signal);
    const batch = batchFactory(this.signal).from(bytes) as Batch<Signal>;
    return [batch, new Model(this.signal, otlpJson(this.request, bytes))];
  }

  step(): void {
    const places = placesOf(this.batch, this.model);
    this.check(places);
    if (this.choose(3) === 0) this.kept.push(...places);
    const act = this.choose(24);
    if (act === 0) this.transfer();
    else if (act === 1) this.clone();
    else if (act === 2) this.settle();
    else if (act === 3) this.append();
    else if (act === 4) this.addGroup(places);
    else if (act === 5) this.editGhost(places);
    else if (act === 6) expect(this.said()).toEqual(this.model.settled());
    else if (places.length > 0) this.edit(this.handle(places[this.choose(places.length)]!), places);
  }

  /** After the last step. */
  finish(): void {
    this.check(placesOf(this.batch, this.model));
    for (const [clone, json] of this.clones) expect(otlpJson(this.request, clone.toBytes())).toEqual(json);
  }

  /** The fresh view of a place, or one that was kept. */
  private handle(place: Place): Place {
    // A part that was removed is a removed node to the views of it; a new one sees that there is none.
    if (place.json === undefined) return place;
    const old = this.kept.filter(
      ({ json, around, field }) =>
        around === place.around && field === place.field && (json === place.json || !field.repeated),
    );
    const views = [place.view, ...old.map(({ view }) => view)];
    return { ...place, view: views[this.choose(views.length)]! };
  }

  private said(): Plain {
    return otlpJson(this.request, this.batch.toBytes());
  }

  private check(places: readonly Place[]): void {
    const { batch, model } = this;
    const settled = model.settled();
    expect(batch.itemCount).toBe(model.items());
    expect(batch.byteLength).toBe(batch.clone().byteLength);
    const bytes = batch.clone().toBytes();
    expect(bytes.length).toBe(batch.byteLength);
    expect(otlpJson(this.request, bytes)).toEqual(settled);
    // What is edited in a batch whose bytes were asked for must be seen in the next ones.
    if (this.choose(2) === 0) expect(batch.toBytes()).toEqual(bytes);
    const live = new Set(places.map(({ json }) => json));
    const arounds = new Set<Plain>([model.json, ...places.map((place) => place.json ?? {})]);
    for (const { view, json, around, field, name } of this.kept) {
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

  private transfer(): void {
    const [old] = groupsOf(this.batch);
    this.batch = this.batch.transfer();
    if (old !== undefined) {
      expect(() => ((old['resource'] as Loose)['attributes'] as Attributes).set('late', 1)).toThrow(
        TypeError,
      );
      expect(() => old.remove()).toThrow(TypeError);
      expect(typeof old.toObject()).toBe('object');
    }
    this.kept = [];
  }

  private clone(): void {
    const clone = this.batch.clone();
    const json = this.model.settled();
    if (this.choose(2) === 0) {
      this.clones.push([clone, json]);
      return;
    }
    this.clones.push([this.batch, json]);
    this.batch = clone;
    this.model.settle();
    this.kept = [];
  }

  private settle(): void {
    this.batch.settle();
    this.model.settle();
    this.kept = [];
  }

  private append(): void {
    const [other, model] = this.fresh();
    if (!this.batch.canAppend(other)) return;
    for (const place of placesOf(other, model).slice(0, 2)) this.editAttributes(place, model);
    this.batch.append(other);
    expect(other.itemCount).toBe(0);
    for (const [key, value] of Object.entries(model.json)) {
      const mine = (this.model.json[key] ?? []) as Plain[];
      this.model.json[key] = Array.isArray(value) ? [...mine, ...(value as Plain[])] : value;
    }
  }

  private addGroup(places: readonly Place[]): void {
    // The tables of profiles have their own request: no group of another one fits in.
    if (this.signal === 'profiles') return;
    const [field] = messages[this.request].fields;
    const given = this.given(field!, places);
    const view = addGroup(this.batch, given.init);
    expect(view.isRemoved).toBe(false);
    this.model.json[field!.jsonName] = [...((this.model.json[field!.jsonName] as Plain[]) ?? []), given.json];
  }

  /** A message to be added: an initialiser, or a view from this batch or another. */
  private given(field: Field, places: readonly Place[]): { init: object; json: Plain } {
    const type = field.type as MessageName;
    const same = places.filter(({ name, json }) => name === type && json !== undefined);
    if (same.length > 0 && this.choose(2) === 0) {
      const { view, json } = this.handle(same[this.choose(same.length)]!);
      return { init: view, json: this.model.copy(type, json!) };
    }
    const { init, plain } = this.g(anyInit, type);
    return { init, json: otlpJson(type, encode(type, plain)) };
  }

  /** What is removed can be read and written, and nothing comes of it. */
  private editGhost(places: readonly Place[]): void {
    const live = new Set(places.map(({ json }) => json));
    const ghosts = this.kept.filter(({ field, json }) => field.repeated && !live.has(json));
    if (ghosts.length === 0) return;
    const { view, name } = ghosts[this.choose(ghosts.length)]!;
    for (const field of messages[name].fields) {
      if (field.type === 'KeyValue')
        (view[field.jsonName] as Attributes).set(
          'ghost',
          this.g(() => anyInput),
        );
      else if (field.kind !== 'message') (view as Plain)[field.jsonName] = this.g(anyGiven, field).init;
      else if (field.type === 'AnyValue') (view as Plain)[field.jsonName] = 'ghost';
      else {
        const { init } = this.g(anyInit, field.type as MessageName);
        if (field.repeated) (view[addName(field)] as (init: object) => Loose).call(view, init);
        else (view as Plain)[field.jsonName] = init;
      }
    }
    view.remove();
  }

  private editAttributes(place: Place, model: Model): void {
    void model;
    const field = messages[place.name].fields.find(({ type }) => type === 'KeyValue');
    if (field !== undefined) this.editField(place, field, []);
  }

  private edit(place: Place, places: readonly Place[]): void {
    if (this.choose(8) === 0) {
      place.view.remove();
      this.model.remove(place);
      return;
    }
    const { fields } = messages[place.name];
    this.editField(place, fields[this.choose(fields.length)]!, places);
  }

  private editField(place: Place, field: Field, places: readonly Place[]): void {
    const { view, name } = place;
    const key = field.jsonName;
    if (field.type === 'KeyValue') {
      const input = this.g(() => anyInput);
      const json = place.json ?? {};
      editPairs(view[key] as Attributes, json, key, this.choose, input, valueJson(plainValue(input)));
      // Only a write brings an absent message into being.
      if (place.json === undefined && json[key] !== undefined) Object.assign(jsonToWrite(place), json);
      return;
    }
    if (field.type === 'AnyValue') {
      const input = this.g(() => anyInput);
      const value = view[`${key}Value`] as Parameters<typeof editValue>[0] | undefined;
      if (value !== undefined && this.choose(2) === 0) {
        editValue(value, place.json![key] as Plain, this.choose, input, valueJson(plainValue(input)));
      } else if (this.choose(5) === 0) {
        (view as Plain)[key] = undefined;
        if (place.json !== undefined) delete place.json[key];
      } else {
        (view as Plain)[key] = input;
        jsonToWrite(place)[key] = valueJson(plainValue(input));
      }
      return;
    }
    if (field.kind === 'message' && field.repeated) {
      const { init, json } = this.given(field, places);
      const added = (view[addName(field)] as (init: object) => Loose).call(view, init);
      expect(added.isRemoved).toBe(false);
      const target = jsonToWrite(place);
      target[key] = [...((target[key] as Plain[] | undefined) ?? []), json];
      return;
    }
    if (field.kind === 'message') {
      if (this.choose(4) === 0) {
        (view as Plain)[key] = undefined;
        const json = place.json?.[key] as Plain | undefined;
        if (json !== undefined) {
          this.model.remove({ name: field.type as MessageName, view, json, around: place.json!, field });
        }
        return;
      }
      const { init, json } = this.given(field, places);
      (view as Plain)[key] = init;
      const target = jsonToWrite(place);
      this.model.clearRivals(target, name, field);
      target[key] = json;
      return;
    }
    const { init, plain } = this.g(anyGiven, field);
    (view as Plain)[key] = init;
    const json = otlpJson(name, encode(name, { [key]: plain }));
    if (json[key] === undefined) {
      if (place.json !== undefined) delete place.json[key];
    } else {
      const target = jsonToWrite(place);
      this.model.clearRivals(target, name, field);
      target[key] = json[key];
    }
  }
}

describe('a batch', () => {
  it.each(['traces', 'metrics', 'logs', 'profiles'] as const)(
    'of %s says after any edits what a plain object says after the same',
    (signal) => {
      assertProperty(
        fc.property(fc.gen(), fc.integer({ min: 1, max: 14 }), (g, steps) => {
          const program = new Program(g, signal);
          for (let i = 0; i < steps; i++) program.step();
          program.finish();
        }),
        0.2,
      );
    },
    60_000,
  );
});
