import { systemRuntime } from '@tributary/collector';
import {
  declarationOf,
  type Batch,
  type Clock,
  type Component,
  type Consumer,
  type Context,
  type Host,
  type Logger,
  type Signal,
} from '@tributary/component';

/** A component that stands by itself: before and behind it is the suite. */
export interface Mounted {
  readonly start: () => Promise<void>;
  readonly shutdown: (grace: AbortSignal) => Promise<void>;
  /** Absent where nothing is put into it: receivers, extensions. */
  readonly consume: ((batch: Batch<Signal>, context: Context) => Promise<void>) | undefined;
  /** By listener. */
  readonly addresses: Readonly<Record<string, string>>;
  /** What its ledger says. */
  readonly dropped: () => number;
  readonly held: () => number;
}

/** What goes into a component, and what comes out of it; nothing does of an extension. */
export interface Way {
  readonly from: Signal | undefined;
  readonly to: Signal | undefined;
}

/** Makes what stands behind a reference, for one way. */
export function mount(
  reference: object,
  { from, to }: Way,
  outside: { readonly clock: Clock; readonly next: Consumer<Signal> },
): Mounted {
  const { id, definition, config, handle } = declarationOf(reference);
  const runtime = systemRuntime({ clock: outside.clock, logger: silent });
  let dropped = 0;
  const held: (() => number)[] = [];
  const settings = {
    ...runtime,
    id,
    config,
    handle,
    signal: from,
    meter: runtime.meterProvider.getMeter(id),
    ledger: {
      created() {},
      absorbed() {},
      filtered: (items: number) => void (dropped += items),
      dropped: (items: number) => void (dropped += items),
      held: (items: () => number) => void held.push(items),
    },
  };
  const shared = definition.shared?.(settings as never);
  const { next } = outside;
  const router = { ...next, pipelines: ['next'], to: () => next };
  const { create, parts, pairs } = definition;
  const make = create ?? (from && (parts[from] ?? (to && pairs[from]?.[to])));
  if (make === undefined) throw new Error(`${definition.kind} ${id} has nothing for ${from ?? 'any signal'}`);
  const isConnector = definition.kind === 'connector';
  const part = make({ ...settings, shared, next: isConnector ? router : next } as never);

  const lifecycle = shared === undefined ? [part] : [shared, part];
  const addresses: Record<string, string> = {};
  const host: Host = {
    extension() {
      throw new Error('the contract suite offers no extensions');
    },
    report() {},
    listening: (listener, address) => void (addresses[listener] = address),
    heldBytes: () => 0,
    memoryLimit: async () => 2 ** 30,
    answers() {},
    onStatus: () => () => {},
    onReady: () => () => {},
  };
  let shutdowns = 0;
  return {
    async start() {
      const before = shutdowns;
      for (const component of lifecycle) {
        await component.start?.(host);
        // No engine goes on with the next.
        if (shutdowns > before) return;
      }
    },
    async shutdown(grace) {
      shutdowns++;
      for (const component of lifecycle.toReversed()) await component.shutdown?.(grace);
    },
    consume: consumeOf(part, next),
    addresses,
    dropped: () => dropped,
    held: () => held.reduce((sum, items) => sum + items(), 0),
  };
}

function consumeOf(part: object, next: Consumer<Signal>): Mounted['consume'] {
  if (hasConsume(part)) return async (batch, context) => part.consume(batch, context);
  if (!hasProcess(part)) return undefined;
  return async (batch, context) => {
    const other = await part.process(batch, context);
    return next.consume(other ?? batch, context);
  };
}

interface Processes extends Component {
  process(batch: Batch<Signal>, context: Context): Promise<Batch<Signal> | undefined>;
}
const hasConsume = (part: object): part is Consumer<Signal> => 'consume' in part;
const hasProcess = (part: object): part is Processes => 'process' in part;

const silent: Logger = { debug() {}, info() {}, warn() {}, error() {} };
