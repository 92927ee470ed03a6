import type { Expression } from '@tributary/expr';
import { copyOf, type Entry } from '../entry.js';
import { compile, isTrue } from '../expressions.js';
import { createScopeName, createSeverity, createTimestamp, createTrace } from './blocks.js';
import { createContainer } from './container.js';
import { createFieldOperator } from './fields.js';
import { createFilter, createRecombineOperator, createRouter } from './flow.js';
import {
  transform,
  type CommonSettings,
  type Operator,
  type OperatorsRuntime,
  type Pass,
} from './operator.js';
import { createParser } from './parsers.js';
import { idsOf, type OperatorSettings, type AnyOperatorSettings } from './schema.js';

/** The operators of one receiver, in the order and with the branches of their configuration. */
export interface Operators {
  /** Takes an entry, and has it emitted, now or later, or ends it: its receipt is released then. Never throws. */
  process(entry: Entry): void;
  /** Emits what is held. */
  flush(): void;
  /** Entries that are held, and the bytes that they keep alive, roughly. */
  readonly held: { readonly entries: number; readonly bytes: number };
  /** Emits what is held, and ends what runs by itself. */
  close(): void;
}

/** Failures of one operator are told once in so long. */
const complaintMs = 10_000;

/** `emit` gets what has passed all operators, in order. It must not throw. */
export function createOperators(
  settings: readonly OperatorSettings[],
  runtime: OperatorsRuntime,
  emit: Pass,
): Operators {
  const list = settings as readonly AnyOperatorSettings[];
  const ids = idsOf(list);
  const steps: Step[] = [];
  // From the last to the first: each names those behind it.
  for (let i = list.length - 1; i >= 0; i--) {
    const to = (targets: readonly string[]): Pass =>
      fork(
        targets.map((id) => steps[ids.indexOf(id)]!.take),
        runtime,
      );
    const operator = list[i]!;
    const following = steps[i + 1]?.take ?? emit;
    const next =
      operator.type !== 'router' && operator.output !== undefined ? to(operator.output) : following;
    const made = create(operator, runtime, next, to);
    steps[i] = new Step(ids[i]!, made, operator, runtime, next);
  }
  const first = steps[0]?.take ?? emit;
  return {
    process: first,
    flush() {
      for (const { operator } of steps) operator.flush?.();
    },
    get held() {
      const held = { entries: 0, bytes: 0 };
      for (const { operator } of steps) {
        held.entries += operator.held?.entries ?? 0;
        held.bytes += operator.held?.bytes ?? 0;
      }
      return held;
    },
    close() {
      for (const { operator } of steps) {
        operator.flush?.();
        operator.close?.();
      }
    },
  };
}

/** Gives an entry to each of several, as copies that share nothing. */
function fork(targets: readonly Pass[], { ledger }: OperatorsRuntime): Pass {
  const [first, ...others] = targets as [Pass, ...Pass[]];
  if (others.length === 0) return first;
  return (entry) => {
    const copies = others.map(() => copyOf(entry));
    ledger.created(copies.length);
    first(entry);
    others.forEach((pass, i) => pass(copies[i]!));
  };
}

/** One operator in its place: with its condition, and with what becomes of failures. */
class Step {
  readonly operator: Operator;
  readonly #id: string;
  readonly #settings: CommonSettings;
  readonly #runtime: OperatorsRuntime;
  readonly #next: Pass;
  readonly #condition: Expression | undefined;
  #complainedMs = -Infinity;
  #failures = 0;

  constructor(
    id: string,
    operator: Operator,
    settings: CommonSettings,
    runtime: OperatorsRuntime,
    next: Pass,
  ) {
    this.#id = id;
    this.operator = operator;
    this.#settings = settings;
    this.#runtime = runtime;
    this.#next = next;
    this.#condition = settings.if === undefined ? undefined : compile(settings.if, runtime.env);
  }

  readonly take = (entry: Entry): void => {
    // What throws behind this operator is not its failure: nothing there throws.
    try {
      if (this.#condition === undefined || isTrue(this.#condition, entry)) {
        return this.operator.process(entry, this.#next);
      }
    } catch (error) {
      return this.#fail(entry, error);
    }
    this.#next(entry);
  };

  #fail(entry: Entry, error: unknown): void {
    const { on_error } = this.#settings;
    const { message } = error as Error;
    if (!on_error.endsWith('_quiet')) this.#complain(message);
    if (on_error.startsWith('send')) return this.#next(entry);
    this.#runtime.ledger.dropped(1, 'operator_error', {
      message: 'An operator has failed. Dropping data.',
      error: message,
    });
    entry.receipt.release();
  }

  #complain(error: string): void {
    const { clock, logger } = this.#runtime;
    this.#failures++;
    if (clock.monotonic() - this.#complainedMs < complaintMs) return;
    this.#complainedMs = clock.monotonic();
    logger.error('Failed to process entry', { operator_id: this.#id, error, entries: this.#failures });
    this.#failures = 0;
  }
}

function create(
  settings: AnyOperatorSettings,
  runtime: OperatorsRuntime,
  next: Pass,
  to: (ids: readonly string[]) => Pass,
): Operator {
  const now = (): number => runtime.clock.now();
  switch (settings.type) {
    case 'noop':
      return transform(() => {});
    case 'filter':
      return createFilter(settings, runtime);
    case 'router':
      return createRouter(settings, runtime, to);
    case 'recombine':
      return createRecombineOperator(settings, runtime, next);
    case 'container':
      return createContainer(settings, runtime, next);
    case 'time_parser':
      return transform(createTimestamp(settings, now));
    case 'severity_parser':
      return transform(createSeverity(settings));
    case 'trace_parser':
      return transform(createTrace(settings));
    case 'scope_name_parser':
      return transform(createScopeName(settings));
    case 'json_parser':
    case 'regex_parser':
    case 'key_value_parser':
    case 'csv_parser':
    case 'uri_parser':
    case 'json_array_parser':
      return createParser(settings, runtime);
    default:
      return createFieldOperator(settings, runtime);
  }
}

/** Whether blanks at the end of a line mean something: to a container's, where a line that was cut goes on. */
export function needsWholeLines(settings: readonly OperatorSettings[]): boolean {
  return settings.some(({ type }) => type === 'container');
}
