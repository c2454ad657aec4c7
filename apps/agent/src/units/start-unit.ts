// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError, isAlive, messageOf, powerTransitionOf, type UnitName, type UnitStatus } from '@givc/model';
import type { Systemd } from '@givc/systemd';

/**
 * Like `Systemd.startUnit`, with the effects of power transitions: a failure is UNAVAILABLE with the info
 * `MACHINE_STOPPING` when the machine began to shut down during the job. A job that suspends the machine is done, too,
 * when the service that it waits for was stopped, because that is how a suspend that only blocks is ended.
 */
export async function startUnit(systemd: Systemd, unit: UnitName, signal?: AbortSignal): Promise<UnitStatus> {
  if (powerTransitionOf(unit) === 'sleep') return sleepUntilStopped(systemd, unit, signal);
  // systemd answers in order: this is the state before the start, and a start that succeeds does not wait for it.
  const wasStopping = systemd.isStopping().catch(() => false);
  try {
    return await systemd.startUnit(unit, signal);
  } catch (error) {
    if ((await wasStopping) || !(await isStoppingAfter(systemd, error))) throw error;
    const message = `the machine shuts down: ${messageOf(error)}`;
    throw new GivcError('UNAVAILABLE', message, { cause: error, info: { reason: 'MACHINE_STOPPING' } });
  }
}

/**
 * Whether the machine is shutting down. Throws UNAVAILABLE with the info `JOB_ACCEPTED` when systemd left the bus at
 * the end of the job.
 */
async function isStoppingAfter(systemd: Systemd, failure: unknown): Promise<boolean> {
  try {
    return await systemd.isStopping();
  } catch {
    if (!(failure instanceof GivcError && failure.reason === 'FAILED_PRECONDITION')) return false;
    throw new GivcError('UNAVAILABLE', `${failure.message}, and then systemd left the bus`, {
      cause: failure,
      info: { reason: 'JOB_ACCEPTED' },
    });
  }
}

/** The service that does the work of a target of systemd.special(7). */
const sleepingUnit = (unit: UnitName): UnitName =>
  unit.endsWith('.target') ? (`systemd-${unit.replace(/\.target$/, '.service')}` as UnitName) : unit;

/** A stop cancels the start at once, and then waits for the processes to end. */
async function sleepUntilStopped(systemd: Systemd, unit: UnitName, signal?: AbortSignal): Promise<UnitStatus> {
  const sleeping = sleepingUnit(unit);
  let isRunning = false;
  let wasStopped = false;
  let ends = 0;
  let onEnd = (): void => undefined;
  const watch = await systemd.watchUnit(sleeping, (status, ending) => {
    isRunning = isAlive(status);
    if (isRunning) return;
    ends++;
    wasStopped = ending?.stopRequested ?? false;
    onEnd();
  });
  try {
    return await systemd.startUnit(unit, signal);
  } catch (error) {
    if (!(error instanceof GivcError && error.reason === 'FAILED_PRECONDITION')) throw error;
    const endsBefore = ends;
    const mayEnd = isRunning || (!wasStopped && isAlive(await systemd.unitStatus(sleeping)));
    // The job may have ended while the state was requested.
    if (mayEnd && ends === endsBefore)
      await new Promise<void>((resolve) => {
        onEnd = resolve;
        if (signal?.aborted) resolve();
        signal?.addEventListener('abort', () => resolve(), { once: true });
      });
    if (!wasStopped) throw error;
    return await systemd.unitStatus(unit);
  } finally {
    watch.close();
  }
}
