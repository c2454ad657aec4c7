// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { type Observer, signalProgram } from './observer.js';
import { programUnit } from './plan.js';
import { output } from './run.js';

const web = 'web.service';

/**
 * Injects all faults at once: the machines crash, hang and are cut off, and systemd, the bus and the admin restart.
 * Resolves when the last fault is undone, with the time of `Date.now()` at which the admin was killed.
 */
export async function injectAllFaults({ lab, watch }: Observer): Promise<number> {
  const since = watch.changes.length;
  const [netVm, guiVm] = [lab.machine('net-vm'), lab.machine('gui-vm')];
  // Two faults last until the admin has noticed them; the others come before and after that.
  await netVm.disconnect();
  signalProgram('chrome-vm', 'SIGSTOP');
  try {
    await Promise.all([
      guiVm.crash(),
      netVm.run(['systemctl', 'restart', 'dbus.service']),
      lab.machine('host').systemctl('daemon-reexec'),
    ]);
    await netVm.systemctl('stop', web);
    await watch.becomes('gui-vm', programUnit('gui-vm'), 'Running', since);
    for (const vm of ['net-vm', 'chrome-vm'] as const) await watch.becomes(vm, programUnit(vm), 'PoweredOff', since);
    await guiVm.crash();
    signalProgram('host', 'SIGKILL');
    const killed = Date.now();
    signalProgram('admin-vm', 'SIGKILL');
    await output(netVm.enter(['systemctl', 'start', web]));
    return killed;
  } finally {
    signalProgram('chrome-vm', 'SIGCONT');
    await netVm.reconnect();
  }
}
