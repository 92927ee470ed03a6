import { createCollector, type Balance, type Collector, type CollectorOptions } from '@tributary/collector';
import type { Clock } from '@tributary/component';
import type { Diagnostic } from '@tributary/config';
import { logDiagnostics, logFailure } from './log-diagnostics.js';
import { exitCodeOf, type ServiceProcess } from './process.js';
import type { ReadyFile } from './ready-file.js';

/** A configuration that can run, and what is to be said about it. */
export interface Loaded {
  readonly options: CollectorOptions;
  readonly warnings: readonly Diagnostic[];
}

/** What a collector as the job of a process is made of. */
export interface ServiceOptions {
  /** Reads and checks the configuration: at the start, and again for each reload. */
  readonly load: () => Promise<Loaded>;
  readonly graceMs: number;
  readonly readyFile: ReadyFile;
  readonly host: ServiceProcess;
  readonly clock: Clock;
}

/** Of the grace, what is kept for components that do not end by themselves, and for the end of the process. */
const lastMomentMs = 1_000;
/** What a process whose work is done gets to end by itself. */
const lingerMs = 500;

/**
 * Runs a collector until a signal ends it, and resolves when everything was delivered. On a second signal the
 * process ends at once.
 *
 * @throws what is wrong with the configuration, what kept the collector from starting or going on, or what it
 *   could not deliver
 */
export async function runService(options: ServiceOptions): Promise<void> {
  const { load, host, clock } = options;
  const signals = listenTo(host);
  // The timers of components and of the shutdown do not do that.
  const letGo = host.keepAlive();
  try {
    const { options: built, warnings } = await load();
    const collector = createCollector(built);
    logDiagnostics(collector.logger, warnings);
    let code = 1;
    try {
      await runCollector(collector, signals, options);
      code = 0;
    } finally {
      // A component that was given up may keep the process alive; this timer does not.
      clock.after(lingerMs, () => host.exit(code));
    }
  } finally {
    signals.close();
    letGo();
  }
}

async function runCollector(collector: Collector, signals: Signals, options: ServiceOptions): Promise<void> {
  const { readyFile } = options;
  // A signal that comes while it starts must not wait for that.
  await Promise.race([collector.start(), signals.asked]);
  if (!signals.isAsked()) await readyFile.write(collector.addresses());
  signals.onReload(() => reload(collector, options));

  // A component that cannot go on ends the collector, too.
  const signal = await Promise.race([signals.asked, collector.stopped.then(() => undefined)]);
  if (signal !== undefined) collector.logger.info('Received signal from OS', { signal });
  await readyFile.remove();
  await end(collector, options);
}

/** Shuts down. @throws Error that says why it ended by itself, or with numbers what could not be delivered */
async function end(collector: Collector, { graceMs, host }: ServiceOptions): Promise<void> {
  const before = lossesOf(collector.balance());
  await collector.shutdown({ graceMs: Math.max(0, graceMs - lastMomentMs) });
  // The last answers are still on their way back to their callers.
  await host.nextTurn();
  const failure = await collector.stopped;
  if (failure !== undefined) throw failure;
  const { dropped, held } = lossesOf(collector.balance());
  const undelivered = [
    ...(dropped > before.dropped ? [`${dropped - before.dropped} items dropped`] : []),
    ...(held > 0 ? [`${held} items left behind`] : []),
  ];
  // Each drop has had its line in the log, with its reason.
  if (undelivered.length > 0) throw new Error(`not everything was delivered: ${undelivered.join(', ')}`);
}

/** Loads the configuration anew. One that is wrong, or cannot start, leaves what runs as it is. */
async function reload(collector: Collector, { load, graceMs, readyFile }: ServiceOptions): Promise<void> {
  const { logger } = collector;
  logger.info('Received signal from OS', { signal: 'SIGHUP' });
  let loaded: Loaded;
  try {
    loaded = await load();
  } catch (error) {
    logFailure(logger, 'The new configuration is not used; what ran before runs on.', error);
    return;
  }
  logDiagnostics(logger, loaded.warnings);
  try {
    await collector.reload(loaded.options, { graceMs });
  } catch {
    return; // The collector has told it in its log.
  }
  try {
    await readyFile.write(collector.addresses());
  } catch (error) {
    logger.error('The ready file could not be written anew.', { error });
  }
}

/** What the signals of a process have asked for. */
interface Signals {
  /** Resolves with the first signal that asks for the end. */
  readonly asked: Promise<string>;
  isAsked(): boolean;
  /** Runs for each SIGHUP, one after the other; those before it count as one. */
  onReload(reload: () => Promise<void>): void;
  close(): void;
}

function listenTo(host: ServiceProcess): Signals {
  let isAsked = false;
  let resolveAsked: (signal: string) => void = () => {};
  const asked = new Promise<string>((resolve) => (resolveAsked = resolve));
  let run: (() => Promise<void>) | undefined;
  let isRunning = false;
  let isWanted = false;

  async function next(): Promise<void> {
    isWanted = true;
    if (isRunning || run === undefined) return;
    isRunning = true;
    while (isWanted && !isAsked) {
      isWanted = false;
      await run();
    }
    isRunning = false;
  }

  const stops = [
    ...(['SIGTERM', 'SIGINT'] as const).map((signal) =>
      host.onSignal(signal, () => {
        if (isAsked) host.exit(exitCodeOf(signal));
        isAsked = true;
        resolveAsked(signal);
      }),
    ),
    // `reload` catches everything itself.
    host.onSignal('SIGHUP', () => void next()),
  ];
  return {
    asked,
    isAsked: () => isAsked,
    onReload(reload) {
      run = reload;
      if (isWanted) void next();
    },
    close() {
      for (const stop of stops) stop();
    },
  };
}

/** Items that are gone for good, and items that are still somewhere inside. */
function lossesOf({ components }: Balance): { readonly dropped: number; readonly held: number } {
  let dropped = 0;
  let held = 0;
  for (const line of components) {
    held += line.held;
    for (const [reason, items] of line.dropped) {
      // Filters and sampling remove what they are to remove.
      if (reason !== 'filtered') dropped += items;
    }
  }
  return { dropped, held };
}
