// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import {
  allRight,
  check,
  checkDisk,
  checkEach,
  checkFolder,
  type Check,
  type CheckId,
  type CheckResult,
} from '@givc/checks';
import { GivcError, messageOf, parseUnitName, systemErrorText } from '@givc/model';
import type { Systemd } from '@givc/systemd';
import type { AgentConfig } from '../agent.config.js';
import { dbusProxyUnit, type DbusProxyEntry } from '../dbus-proxy/dbus-proxy.config.js';
import { socketOfBus } from '../dbus-proxy/proxied-bus.js';
import { identifierOf } from '../hwid/hwid.service.js';
import { networkInterfaces } from '../hwid/network-interfaces.js';

/** What the enabled capabilities need of this machine, beside programs, units and sockets. */
export function capabilityChecks({ capabilities }: AgentConfig, systemd: Systemd): Check[] {
  const { policy, hwid, notifier, wifi, eventProxy, dbusProxy } = capabilities;
  const proxies = dbusProxy.enable ? dbusProxy.proxies : [];
  const when = (isEnabled: boolean, id: CheckId, subject: string, run: Check['run']): Check[] =>
    isEnabled ? [{ id, subject, run }] : [];
  return [
    ...when(policy.enable, 'policy-store', policy.storePath, () => checkStore(policy.storePath)),
    ...when(hwid.enable, 'hardware-id', 'capabilities.hwid', async () => [await checkHardware(hwid.interface)]),
    ...when(notifier.enable, 'notifier', notifier.socket, async () => [await checkNotifier(notifier.socket)]),
    ...when(wifi.enable, 'network-manager', 'NetworkManager.service', async () => [await checkManager(systemd)]),
    ...when(eventProxy.enable, 'input-devices', '/dev/input', () => checkDevices(eventProxy.events)),
    ...when(true, 'dbus-proxy', 'capabilities.dbusProxy', () =>
      checkEach(
        proxies,
        (entry) => proxyProblem(systemd, entry),
        () => allRight('dbus-proxy', proxies.length, ['D-Bus proxy', 'runs'], ['D-Bus proxies', 'run']),
      ),
    ),
  ];
}

/** The agent makes the folder when it gets its first policy. */
async function checkStore(folder: string): Promise<CheckResult[]> {
  let there = folder;
  while (there !== '/' && !(await isThere(there))) there = dirname(there);
  return [await checkFolder('policy-store', there, 'capabilities.policy.storePath'), ...(await checkDisk(there))];
}

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    (error: unknown) => !['ENOENT', 'ENOTDIR'].includes(String((error as NodeJS.ErrnoException).code)),
  );

async function checkHardware(name: string): Promise<CheckResult> {
  const { ok, failure } = check('hardware-id', 'capabilities.hwid');
  try {
    return ok(`is the address ${identifierOf(await networkInterfaces(), name)}`);
  } catch (error) {
    return failure(
      `has no hardware id: ${messageOf(error)}`,
      'name an interface that is up in capabilities.hwid.interface (ip link)',
    );
  }
}

async function checkNotifier(folder: string): Promise<CheckResult> {
  const { ok, warning } = check('notifier', folder);
  try {
    await access(folder, constants.R_OK | constants.X_OK);
    return ok('has the sockets of notifiers');
  } catch (error) {
    return warning(
      `cannot be read, so that notifications are lost: ${systemErrorText(error)}`,
      'start the notifier of the session, or change capabilities.notifier.socket',
    );
  }
}

async function checkManager(systemd: Systemd): Promise<CheckResult> {
  const unit = parseUnitName('', 'NetworkManager.service');
  const { ok, failure } = check('network-manager', unit);
  try {
    const { ActiveState: state } = await systemd.unitStatus(unit);
    return state === 'active'
      ? ok('runs')
      : failure(`is ${state}, and capabilities.wifi needs it`, `systemctl start ${unit}`);
  } catch (error) {
    if (!(error instanceof GivcError) || error.reason !== 'NOT_FOUND') throw error;
    return failure('is unknown to systemd, and capabilities.wifi needs it', 'install the package network-manager');
  }
}

async function checkDevices(events: AgentConfig['capabilities']['eventProxy']['events']): Promise<CheckResult[]> {
  const device = async (path: string, mode: number, fix: string): Promise<CheckResult> => {
    const { ok, failure } = check('input-devices', path);
    try {
      await access(path, mode);
      return ok('can be used');
    } catch (error) {
      return failure(`cannot be used: ${systemErrorText(error)}`, fix);
    }
  };
  const { R_OK, W_OK, X_OK } = constants;
  return Promise.all([
    ...(events.some(({ producer }) => producer.enable)
      ? [device('/dev/input', R_OK | X_OK, 'give this machine an input device, and the agent access to it')]
      : []),
    ...(events.some(({ consumer }) => consumer.enable)
      ? [device('/dev/uinput', W_OK, 'modprobe uinput, and give the agent access to it')]
      : []),
  ]);
}

async function proxyProblem(systemd: Systemd, entry: DbusProxyEntry): Promise<CheckResult | undefined> {
  const { failure } = check('dbus-proxy', dbusProxyUnit(entry));
  try {
    const bus = await socketOfBus(entry);
    if (!(await isThere(bus)))
      return failure(`has no bus: ${bus} is missing`, 'start the bus, or log its user in (loginctl enable-linger)');
    const { ActiveState: state } = await systemd.unitStatus(dbusProxyUnit(entry));
    return state === 'active' ? undefined : failure(`is ${state}`, `journalctl -u ${dbusProxyUnit(entry)}`);
  } catch (error) {
    if (!(error instanceof GivcError)) throw error;
    return error.reason === 'NOT_FOUND'
      ? failure('does not run', 'see the log of the agent (D-Bus proxy)')
      : failure(`cannot run: ${error.message}`, 'correct the entry in capabilities.dbusProxy.proxies');
  }
}
