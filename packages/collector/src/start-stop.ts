import type { Grace } from './grace.js';
import { asError } from './health.js';
import type { Instance } from './instance.js';

/** Starts one instance and opens its gate. @throws Error that names it */
export async function start({ component, subject, status, host, target }: Instance): Promise<void> {
  status.set('starting');
  try {
    await component.start?.(host);
  } catch (thrown) {
    const error = asError(thrown);
    status.set('permanent_error', error);
    const { component: name, kind } = subject;
    const failure =
      kind === 'extension'
        ? `failed to start extensions: "${name}"`
        : `cannot start pipelines: failed to start "${name}" ${kind}`;
    throw new Error(`${failure}: ${error.message}`, { cause: thrown });
  }
  if (status.current === 'starting') status.set('ok');
  if (target !== undefined) target.closed = undefined;
}

/** Closes the gate of one instance and shuts it down; what goes wrong is for status and log. */
export async function stop(
  { component, subject, status, logger, target }: Instance,
  grace: Grace,
): Promise<void> {
  // What stands before it has been shut down: who comes now was abandoned.
  if (target !== undefined) target.closed = `${subject.kind} "${subject.component}" is shut down`;
  status.set('stopping');
  try {
    const isDone = await grace.limit(shutdown());
    if (!isDone) throw new Error('did not shut down in time');
    status.set('stopped');
  } catch (error) {
    // What is still in it is nobody's drop, and must not be lost in silence.
    const held = target?.account.line().held ?? 0;
    const loss = held > 0 && { dropped_items: held, reason: 'left_behind' };
    logger.error('could not be shut down', { error, ...loss });
    status.set('permanent_error', asError(error));
  }

  async function shutdown(): Promise<void> {
    await component.shutdown?.(grace.signal);
  }
}
