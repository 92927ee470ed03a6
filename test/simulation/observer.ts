import { Logs } from '@tributary/pdata';
import type { RpcStatus } from '@tributary/transport';
import { numbersIn } from '../delivery/support.js';
import type { Call, CallWatcher } from './call.js';
import type { Custody, LifeRecord } from './custody.js';
import type { Process } from './process.js';

/** What a call is about, and between whom. Applications have no record. */
interface Note {
  readonly items: readonly number[];
  readonly from: Process | undefined;
  readonly fromRecord: LifeRecord | undefined;
  to?: Process;
  toRecord?: LifeRecord;
  arrivedAt: number;
}

/** Sees all calls, and notes who has told whom that items are taken. */
export class Observer implements CallWatcher {
  calls = 0;
  failedCalls = 0;
  readonly #custody: Custody;
  readonly #log: (line: string) => void;
  readonly #processes: ReadonlyMap<string, Process>;
  readonly #notes = new WeakMap<Call, Note>();
  /** The server has taken the items, and the client was not told. */
  readonly #unheard = new Set<Call>();

  constructor(custody: Custody, log: (line: string) => void, processes: ReadonlyMap<string, Process>) {
    this.#custody = custody;
    this.#log = log;
    this.#processes = processes;
  }

  sent(call: Call): void {
    const { from, message } = call.question;
    const items = numbersIn(Logs.from(message));
    const process = this.#processes.get(from.name);
    this.#notes.set(call, { items, from: process, fromRecord: process?.record, arrivedAt: 0 });
    this.calls++;
    this.#say(call, `sent ${items.join(' ')}`);
  }

  arrived(call: Call): void {
    const note = this.#notes.get(call)!;
    note.to = this.#processes.get(call.question.to.name)!;
    note.toRecord = note.to.record!;
    note.arrivedAt = this.#custody.now();
    this.#say(call, 'arrived');
  }

  handled(call: Call, failure: RpcStatus | undefined): void {
    const { items, to, toRecord, arrivedAt } = this.#notes.get(call)!;
    const custody = this.#custody;
    this.#say(call, `handled: ${outcome(failure)}`);
    if (failure === undefined) {
      custody.take(toRecord!, items);
      this.#unheard.add(call);
    } else {
      const passed = items.filter((item) => custody.hasPassed(toRecord!, item, arrivedAt));
      custody.repeat(passed, 'passed on in part');
    }
    to!.look();
  }

  heard(call: Call, failure: RpcStatus | undefined): void {
    const { items, from, fromRecord, toRecord } = this.#notes.get(call)!;
    this.#say(call, `heard: ${outcome(failure)}`);
    if (failure === undefined) {
      this.#unheard.delete(call);
      if (fromRecord !== undefined) this.#custody.pass(fromRecord, call.question.to.name, items);
    } else {
      this.failedCalls++;
      // Of one that was taken it is said at the end.
      if (toRecord !== undefined && !this.#unheard.has(call)) this.#custody.repeat(items, 'no answer');
    }
    from?.look();
  }

  /** Nobody hears of anything any more. */
  end(): void {
    for (const call of this.#unheard) this.#custody.repeat(this.#notes.get(call)!.items, 'answer lost');
  }

  #say({ question: { id, from, to } }: Call, what: string): void {
    this.#log(`call ${id} ${from.name} → ${to.name}: ${what}`);
  }
}

function outcome(failure: RpcStatus | undefined): string {
  return failure === undefined ? 'taken' : `${failure.code} ${failure.message}`;
}
