// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { Scenario } from './scenario.js';
import type { WatchEvent } from './watched.js';

const is =
  (name: string, status: string, vm?: string) =>
  ({ kind, row }: WatchEvent): boolean =>
    kind !== 'UnitShutdown' && row.name === name && row.status === status && (vm === undefined || row.vm_name === vm);
const gone =
  (name: string) =>
  ({ kind, row }: WatchEvent): boolean =>
    kind === 'UnitShutdown' && row.name === name;

/** The steps of `npm run demo`: chrome-vm is down at first. Throws at the first result that is not the expected one. */
export async function playDemo(scenario: Scenario): Promise<void> {
  scenario.step('What runs: a host, three VMs that are up, and chrome-vm, which is down');
  await scenario.cli(['query']);

  scenario.step('An application in a VM that is down: the VM is booted first');
  await scenario.cli(['start', 'app', 'clock', '--vm', 'chrome-vm']);
  await scenario.event('clock runs', is('clock@0.service', 'Running'));

  scenario.step('An application in a VM that runs');
  await scenario.cli(['start', 'app', 'chromium', '--vm', 'chrome-vm', '--', 'https://example.org']);
  await scenario.event('chromium runs', is('chromium@0.service', 'Running'));
  await scenario.systemctl('chrome-vm', /https:\/\/example\.org/, 'show', '--property=ExecStart', 'chromium@0.service');

  scenario.step('It is paused, resumed and stopped');
  await scenario.cli(['pause', 'chromium@0.service']);
  await scenario.event('chromium is paused', is('chromium@0.service', 'Paused'));
  await scenario.systemctl('chrome-vm', /frozen/, 'show', '--property=FreezerState', 'chromium@0.service');
  await scenario.cli(['resume', 'chromium@0.service']);
  await scenario.event('chromium runs', is('chromium@0.service', 'Running'));
  await scenario.cli(['stop', 'app', 'chromium@0.service']);
  await scenario.event('chromium is gone', gone('chromium@0.service'));

  scenario.step('An argument that the application does not allow is rejected');
  await scenario.cli(['start', 'app', 'chromium', '--vm', 'chrome-vm', '--', 'file:///etc/passwd'], { refused: true });

  scenario.step('A service is stopped and started; its namesake in another VM goes on');
  await scenario.cli(['stop', 'service', 'web.service', '--vm', 'net-vm']);
  await scenario.event('web is off', is('web.service', 'PoweredOff', 'net-vm'));
  await scenario.cli(['query', '--by-name', 'web.service']);
  await scenario.cli(['start', 'service', 'web.service', '--vm', 'net-vm']);
  await scenario.event('web runs', is('web.service', 'Running', 'net-vm'));

  scenario.step('A unit dies by itself; "watch" shows it');
  await scenario.on('net-vm', 'sh', '-c', 'echo die > /run/fragile');
  await scenario.event('fragile died', is('fragile.service', 'PoweredOff'));
  await scenario.cli(['get-status', 'net-vm', 'fragile.service']);

  scenario.step('Rejected: a service outside the allowlist, and a caller whose certificate is of another authority');
  await scenario.cli(['stop', 'service', 'secret.service', '--vm', 'net-vm'], { refused: true });
  await scenario.cli(['query'], { as: 'stranger', refused: true });
}
