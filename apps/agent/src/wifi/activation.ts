import { failureOf, type ConnectionFailure } from './failures.js';
import type { NetworkManager } from './network-manager.js';
import type { StateWatch } from './state-watch.js';

/** Of NMActiveConnectionState and NMDeviceState. */
const [activated, deactivated] = [2, 4];
const [needAuth, deviceFailed] = [60, 120];

/**
 * Waits until the connection that `start` begins, and names, is there: then there is no failure. An aborted signal, or
 * the loss of NetworkManager, rejects; the attempt is given up then.
 */
export async function activate(
  manager: NetworkManager,
  device: string,
  start: () => Promise<string>,
  signal: AbortSignal,
): Promise<ConnectionFailure | undefined> {
  const watch = await manager.watch();
  let active: string | undefined;
  try {
    active = await start();
    const path = active;
    // It may be over before its path was known: what was told until then has arrived with this answer.
    const state = (await manager.activeState(path)) ?? deactivated;
    const told = () => watch.last(path, activated, deactivated);
    const isOver = state === activated || state === deactivated;
    const end = isOver ? (told() ?? { path, state, reason: 0 }) : await watch.until(signal, told);
    if (end.state === activated) return undefined;
    // So has what the device tells after its connection.
    await manager.activeState(path);
    return failureOf(end.reason, reasonOfDevice(watch, device));
  } catch (error) {
    if (active !== undefined) await manager.deactivate(active).catch(() => undefined);
    throw error;
  } finally {
    watch.close();
  }
}

/** A device that fails tells why, before or after its connection does; one that is refused tells it when it asks again. */
const reasonOfDevice = (watch: StateWatch, device: string): number =>
  (watch.last(device, deviceFailed) ?? watch.last(device, needAuth))?.reason ?? 0;

/** Resolves when the connection is gone. */
export async function deactivate(manager: NetworkManager, active: string, signal: AbortSignal): Promise<void> {
  const watch = await manager.watch();
  try {
    await manager.deactivate(active);
    const now = await manager.activeState(active);
    if (now !== undefined && now !== deactivated) await watch.until(signal, () => watch.last(active, deactivated));
  } finally {
    watch.close();
  }
}
