import { type Losses, signalProgram } from './losses.js';
import { programUnit } from './plan.js';
import { output } from './run.js';

const web = 'web.service';

/**
 * Loses nearly everything at once: the machines crash, hang and are cut off, systemd, the bus and the admin restart.
 * Resolves when the last cause is gone, with when the admin was killed (`Date.now()`); the registry will be as before.
 */
export async function loseAll({ lab, watch }: Losses): Promise<number> {
  const since = watch.changes.length;
  const [netVm, guiVm] = [lab.machine('net-vm'), lab.machine('gui-vm')];
  // Two causes last until they have been noticed; the others come before and after that.
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
