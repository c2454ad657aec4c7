import { GivcError, messageOf, powerTransitionOf, type UnitName, type UnitStatus } from '@givc/model';
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
    if (wasStopping || !(await systemd.isStopping().catch(() => false))) throw error;
    const message = `the machine shuts down: ${messageOf(error)}`;
    throw new GivcError('UNAVAILABLE', message, { cause: error, info: { reason: 'MACHINE_STOPPING' } });
  }
}

/** The service that a target of systemd.special(7) sleeps in. */
const sleepingUnit = (unit: UnitName): UnitName =>
  unit.endsWith('.target') ? (`systemd-${unit.replace(/\.target$/, '.service')}` as UnitName) : unit;

async function sleepUntilStopped(systemd: Systemd, unit: UnitName, signal?: AbortSignal): Promise<UnitStatus> {
  let wasStopped = false;
  const watch = await systemd.watchUnit(sleepingUnit(unit), (_status, ending) => {
    wasStopped = ending?.asked ?? false;
  });
  try {
    return await systemd.startUnit(unit, signal);
  } catch (error) {
    const hasEnded = error instanceof GivcError && error.reason === 'FAILED_PRECONDITION';
    if (!hasEnded || !wasStopped) throw error;
    return await systemd.unitStatus(unit);
  } finally {
    watch.close();
  }
}
