// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { failureOf, type ConnectionFailure } from './failures.js';
import type { NetworkManager } from './network-manager.js';
import type { StateWatch } from './state-watch.js';

/** States of NMActiveConnectionState, then of NMDeviceState. */
const [activated, deactivated] = [2, 4];
const [needAuth, deviceFailed] = [60, 120];

/**
 * Waits until the connection whose path `start` returns is established, or has failed. Rejects, and ends the attempt,
 * when the signal is aborted or NetworkManager is lost.
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
    // The connection may have ended before its path was known: the changes until then arrive before this answer.
    const state = (await manager.activeState(path)) ?? deactivated;
    const ended = () => watch.last(path, activated, deactivated);
    const isOver = state === activated || state === deactivated;
    const end = isOver ? (ended() ?? { path, state, reason: 0 }) : await watch.until(signal, ended);
    if (end.state === activated) return undefined;
    // The last change of the device has also arrived before this answer.
    await manager.activeState(path);
    return failureOf(end.reason, reasonOfDevice(watch, device));
  } catch (error) {
    if (active !== undefined) await manager.deactivate(active).catch(() => undefined);
    throw error;
  } finally {
    watch.close();
  }
}

/**
 * A device that fails reports the reason before or after its connection; one whose credentials are rejected reports it
 * when it asks for them again.
 */
const reasonOfDevice = (watch: StateWatch, device: string): number =>
  (watch.last(device, deviceFailed) ?? watch.last(device, needAuth))?.reason ?? 0;

/** Resolves when the connection has ended. */
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
