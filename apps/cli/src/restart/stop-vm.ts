// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { AdminClient } from '@givc/client';
import { GivcError, unknownVm, vmOfAgentUnit, vmUnit, type UnitName, type VmName } from '@givc/model';
import type { admin } from '@givc/rpc';
import { Timeout } from '@givc/time';
import { changes, type ListOrChange } from '../registry/watch-event.js';

/** The time for which a stopped unit may still be listed as running. */
const listedMs = 30_000;

function vmEntry(vm: VmName, list: readonly admin.QueryListItem[]): admin.QueryListItem {
  const entry = list.find(({ Name }) => Name === vmUnit(vm));
  if (!entry) throw unknownVm(vm);
  if (entry.VmType === 'AdmVM')
    throw new GivcError(
      'FAILED_PRECONDITION',
      `${vm} runs the admin, which cannot start itself again: restart ${entry.Name} on the host`,
    );
  return entry;
}

async function untilOff(unit: UnitName, registry: AsyncIterable<ListOrChange>): Promise<void> {
  for await (const event of registry) {
    if (event.kind === 'initial' || event.item.Name !== unit) continue;
    if (event.kind === 'Removed' || event.item.VmStatus === 'PoweredOff') return;
  }
}

/**
 * Stops a VM by the unit of the host that runs it, and resolves once that is listed as powered off or, for a caller
 * that may not watch the registry, once systemd has stopped it. NOT_FOUND when it is unknown, FAILED_PRECONDITION when
 * it is the VM of the admin; nothing is stopped then.
 */
export async function stopVm(admin: AdminClient, vm: VmName): Promise<void> {
  try {
    await stopWatchedVm(admin, vm);
  } catch (error) {
    if (!(error instanceof GivcError) || error.reason !== 'PERMISSION_DENIED') throw error;
    await admin.stopService({ ServiceName: vmUnit(vm), VmName: '' });
  }
}

async function stopWatchedVm(admin: AdminClient, vm: VmName): Promise<void> {
  const unit = vmUnit(vm);
  const leaving = new AbortController();
  let limit: Timeout | undefined;
  // The watch begins before the stop, because the VM may be started again at once.
  const registry = changes(admin.watchOnce({}, { signal: leaving.signal }), Infinity);
  try {
    const { value: first } = await registry.next();
    const entry = vmEntry(vm, first?.kind === 'initial' ? first.items : []);
    const isOff = entry.VmStatus === 'PoweredOff' ? undefined : untilOff(unit, registry);
    const host = vmOfAgentUnit((entry.AgentName ?? '') as UnitName) ?? '';
    const stopped = admin.stopService({ ServiceName: unit, VmName: host }).then(() => {
      limit = new Timeout(listedMs, () => leaving.abort());
    });
    await Promise.all([stopped, isOff]);
  } catch (error) {
    if (!leaving.signal.aborted) throw error;
    const message = `${unit} was stopped, but is listed as running ${listedMs / 1_000} s later: it is not started again`;
    throw new GivcError('DEADLINE_EXCEEDED', message, { cause: error });
  } finally {
    limit?.cancel();
    leaving.abort();
  }
}
