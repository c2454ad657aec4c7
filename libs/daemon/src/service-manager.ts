// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { spawn } from 'node:child_process';
import { once } from 'node:events';

/**
 * Notifies the service manager of a state such as `READY=1` (sd_notify(3)); without a listening service manager,
 * nothing happens. Node has no unix datagram sockets, so systemd-notify(1) sends it; a unit of a user's manager needs
 * NotifyAccess=all for that. Rejects when the program is missing or fails.
 */
export async function notifyServiceManager(...states: readonly string[]): Promise<void> {
  if (!process.env['NOTIFY_SOCKET']) return;
  const program = spawn('systemd-notify', states, { stdio: ['ignore', 'ignore', 'inherit'] });
  const [status] = (await once(program, 'exit')) as [number | null];
  if (status !== 0) throw new Error(`systemd-notify ${states.join(' ')} ended with status ${status}`);
}
