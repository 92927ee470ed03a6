import type { Timer } from '@tributary/component';
import { attributesOf, type DetectorName, type Switchable } from './attributes.js';
import { isAbsent, type Absent, type Detect, type Found, type Place } from './detector.js';
import { detectAzure } from './detectors/azure.js';
import { detectDocker } from './detectors/docker.js';
import { detectEc2 } from './detectors/ec2.js';
import { detectEks } from './detectors/eks.js';
import { detectEnv } from './detectors/env.js';
import { detectGcp } from './detectors/gcp.js';
import { detectHeroku } from './detectors/heroku.js';
import { detectK8sApi } from './detectors/k8s-api.js';
import { detectLambda } from './detectors/lambda.js';
import { detectProcess } from './detectors/process.js';
import { detectSystem } from './detectors/system.js';
import type { DetectionMetrics } from './metrics.js';

const detectors: Readonly<Record<DetectorName, Detect>> = {
  env: detectEnv,
  system: detectSystem,
  process: detectProcess,
  docker: detectDocker,
  ec2: detectEc2,
  eks: detectEks,
  lambda: detectLambda,
  gcp: detectGcp,
  azure: detectAzure,
  heroku: detectHeroku,
  k8s_api: detectK8sApi,
};

/** What became of one detector. */
export type Asked = { readonly detector: DetectorName } & (
  | { readonly outcome: 'found'; readonly found: Found }
  | { readonly outcome: 'absent'; readonly absent: Absent }
  | { readonly outcome: 'failure'; readonly error: unknown }
);

/**
 * Asks all detectors at once and resolves with what became of each, in the order of the list: at the latest when
 * `timeout` is over, and at once when `signal` aborts.
 */
export async function askAll(place: Place, signal: AbortSignal, metrics: DetectionMetrics): Promise<Asked[]> {
  const { config, runtime } = place;
  const end = new AbortController();
  const abort = (): void => end.abort(signal.reason);
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort, { once: true });
  const late = (): void => end.abort(new Error(`no answer within ${config.timeout} ms (timeout)`));
  const timer = config.timeout > 0 ? runtime.clock.after(config.timeout, late) : undefined;
  try {
    return await Promise.all(
      config.detectors.map((detector) => askMeasured(place, detector, end.signal, metrics)),
    );
  } finally {
    timer?.stop();
    signal.removeEventListener('abort', abort);
  }
}

async function askMeasured(
  place: Place,
  detector: DetectorName,
  signal: AbortSignal,
  metrics: DetectionMetrics,
): Promise<Asked> {
  const { clock } = place.runtime;
  const startMs = clock.monotonic();
  const asked = await askAgain(place, detector, signal);
  const seconds = (clock.monotonic() - startMs) / 1000;
  if (asked.outcome === 'failure') metrics.record(detector, seconds, 'failure', typeOf(asked.error));
  else metrics.record(detector, seconds, 'success');
  return asked;
}

/**
 * Asks until it succeeds, as far as `retry` allows. The first error says what is wrong; a later one often only that time
 * was up.
 */
async function askAgain(place: Place, detector: DetectorName, signal: AbortSignal): Promise<Asked> {
  const { config, runtime } = place;
  const { enabled, initial_interval, max_interval, max_elapsed_time } = config.retry;
  const startMs = runtime.clock.monotonic();
  let first: Asked | undefined;
  for (let baseMs = initial_interval; ; baseMs *= 1.5) {
    const asked = await askOnce(place, detector, signal);
    if (asked.outcome !== 'failure') return asked;
    first ??= asked;
    const pauseMs = Math.min(baseMs, max_interval) * (0.5 + runtime.random());
    const isOver = max_elapsed_time > 0 && runtime.clock.monotonic() + pauseMs - startMs > max_elapsed_time;
    if (!enabled || isOver || signal.aborted) return first;
    const slept = runtime.clock.sleep(pauseMs, signal).then(
      () => true,
      () => false,
    );
    if (!(await slept)) return first;
  }
}

async function askOnce(place: Place, detector: DetectorName, signal: AbortSignal): Promise<Asked> {
  try {
    const outcome = await inTime(detectors[detector](place, signal), place, signal);
    if (!isAbsent(outcome)) return { detector, outcome: 'found', found: switched(place, detector, outcome) };
    if (!mustBeThere(place, detector)) return { detector, outcome: 'absent', absent: outcome };
    return { detector, outcome: 'failure', error: new Error(outcome.absent) };
  } catch (error) {
    return { detector, outcome: 'failure', error };
  }
}

/** Those that ask a server of their platform. Where the others are, the environment says. */
const asking: readonly DetectorName[] = ['docker', 'ec2', 'gcp', 'azure'];

function mustBeThere({ config }: Place, detector: DetectorName): boolean {
  if (config.fail_on_missing_metadata) return asking.includes(detector);
  return detector === 'ec2' && config.ec2.fail_on_missing_metadata;
}

/** What is left of a detector's time when the signal has aborted: enough to say that its server is not there. */
const graceMs = 100;

/** A detector that goes on although its time is up is not waited for. */
async function inTime(
  work: Promise<Found | Absent>,
  { runtime }: Place,
  signal: AbortSignal,
): Promise<Found | Absent> {
  let timer: Timer | undefined;
  let give: (() => void) | undefined;
  const late = new Promise<never>((_, reject) => {
    give = () => {
      timer = runtime.clock.after(graceMs, () => reject(reasonOf(signal)));
    };
    if (signal.aborted) give();
    else signal.addEventListener('abort', give, { once: true });
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    timer?.stop();
    signal.removeEventListener('abort', give!);
  }
}

function reasonOf({ reason }: AbortSignal): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}

/** Without the attributes that are switched off; tags, labels and what the environment says have no switch. */
function switched({ config }: Place, detector: DetectorName, outcome: Found): Found {
  if (detector === 'env') return outcome;
  const { resource_attributes: off } = config[detector];
  const known: Readonly<Record<string, boolean>> = attributesOf[detector satisfies Switchable];
  const kept = Object.entries(outcome.attributes).filter(([key]) => !(key in known) || !off.has(key));
  return { ...outcome, attributes: Object.fromEntries(kept) };
}

/** A word for a metric: the code of an error of the system, else its class. */
function typeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return '_OTHER';
  const { code, name } = error as { readonly code?: unknown; readonly name?: unknown };
  return typeof code === 'string' ? code : typeof name === 'string' ? name : '_OTHER';
}
