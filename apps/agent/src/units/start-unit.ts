// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError, isAlive, messageOf, powerTransitionOf, type UnitName, type UnitStatus } from '@givc/model';
import type { Systemd } from '@givc/systemd';

/**
 * As `Systemd.startUnit`, and says of a machine what the end of the job alone does not: when it began to shut down during
 * the job, a failure is UNAVAILABLE whose info says `MACHINE_STOPPING`. A job that suspends the machine is done, too, when
 * what it waits for was stopped: so a suspend that only blocks is ended to resume.
 */
export async function startUnit(systemd: Systemd, unit: UnitName, signal?: AbortSignal): Promise<UnitStatus> {
  if (powerTransitionOf(unit) === 'sleep') return sleepUntilStopped(systemd, unit, signal);
  const wasStopping = await systemd.isStopping();
  try {
    return await systemd.startUnit(unit, signal);
  } catch (error) {
    if (wasStopping || !(await isStoppingAfter(systemd, error))) throw error;
    const message = `the machine shuts down: ${messageOf(error)}`;
    throw new GivcError('UNAVAILABLE', message, { cause: error, info: { reason: 'MACHINE_STOPPING' } });
  }
}

/** Whether the machine shuts down now. Throws UNAVAILABLE, whose info says `JOB_ACCEPTED`, when the bus has gone with the job. */
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

/** The service that a target of systemd.special(7) sleeps in. */
const sleepingUnit = (unit: UnitName): UnitName =>
  unit.endsWith('.target') ? (`systemd-${unit.replace(/\.target$/, '.service')}` as UnitName) : unit;

/** A stop cancels the start at once, and then takes its time to end what runs. */
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
    // It may have ended while it was asked about.
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
