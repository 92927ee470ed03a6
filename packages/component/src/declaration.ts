import type { Signal } from '@tributary/pdata';
import type { z } from 'zod';
import type { Component } from './lifecycle.js';

/** The five kinds of components. */
export type ComponentKind = 'receiver' | 'processor' | 'exporter' | 'connector' | 'extension';

/** Makes a part of a component; the engine gives it the settings of its kind. */
export type MakePart = (settings: never) => Component;

/** What a `define*` function was given, without its types: for the engine and the loader. */
export interface ComponentDefinition {
  readonly kind: ComponentKind;
  readonly type: string;
  readonly aliases: readonly string[];
  readonly stability: 'development' | 'alpha' | 'beta' | 'stable';
  readonly config: z.ZodType;
  readonly shared: MakeShared | undefined;
  /** By signal, of receivers, processors and exporters. */
  readonly parts: Readonly<Partial<Record<Signal, MakePart>>>;
  /** By the signal that goes in and the one that comes out, of connectors. */
  readonly pairs: Readonly<Partial<Record<Signal, Readonly<Partial<Record<Signal, MakePart>>>>>>;
  /** Of extensions. */
  readonly create: MakePart | undefined;
}
/** Makes what the parts of one object have in common. */
export type MakeShared = (settings: never) => Component | undefined;

/** Where a reference was written. */
export interface Origin {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
}

/** What stands behind a reference. */
export interface Declaration {
  readonly definition: ComponentDefinition;
  /** `type`, or `type/name`. */
  readonly id: string;
  /** Checked and completed. */
  readonly config: unknown;
  /** What the factory mixed into the reference, if its definition has a `handle`. */
  readonly handle: object | undefined;
  /** The line that made the reference, if it is known. */
  readonly origin: Origin | undefined;
}

const declarationKey: unique symbol = Symbol.for('tributary/declaration') as never;
const definitionKey: unique symbol = Symbol.for('tributary/definition') as never;

/** What stands behind a reference that a factory made. @throws TypeError for any other value */
export function declarationOf(reference: object): Declaration {
  const declaration = (reference as { [declarationKey]?: Declaration })[declarationKey];
  if (declaration === undefined) throw new TypeError('not a component: call the factory, as in `batch()`');
  return declaration;
}

/** What stands behind a factory. @throws TypeError for any other value */
export function definitionOf(factory: object): ComponentDefinition {
  const definition = (factory as { [definitionKey]?: ComponentDefinition })[definitionKey];
  if (definition === undefined)
    throw new TypeError('not a component factory: use what a define* function returned');
  return definition;
}

/** Puts a declaration behind a reference. @internal */
export function declare<R extends object>(reference: R, declaration: Declaration): R {
  return Object.defineProperty(reference, declarationKey, { value: declaration });
}

/** Puts a definition behind a factory. @internal */
export function define<F extends object>(factory: F, definition: ComponentDefinition): F {
  return Object.defineProperty(factory, definitionKey, { value: definition });
}
