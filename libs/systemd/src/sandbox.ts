// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Variant, type BusName } from '@givc/dbus';
import type { Sandbox } from './systemd.js';

type Property = [name: string, value: Variant];

const isTrue = (...names: string[]): Property[] => names.map((name) => [name, new Variant('b', true)]);

const isBelow = (path: string, ...folders: string[]): boolean =>
  folders.some((folder) => path === folder || path.startsWith(`${folder}/`));

const eperm = 1;

/** Settings that every manager supports: filters of system calls, which need no privileges (seccomp(2)). */
const filters = (): Property[] => [
  ...isTrue('NoNewPrivileges', 'LockPersonality', 'MemoryDenyWriteExecute', 'RestrictRealtime', 'RestrictSUIDSGID'),
  ['RestrictNamespaces', new Variant('t', 0n)],
  ['RestrictAddressFamilies', new Variant('(bas)', [true, ['AF_UNIX']])],
  ['SystemCallArchitectures', new Variant('as', ['native'])],
  ['SystemCallFilter', new Variant('(bas)', [true, ['@system-service']])],
  ['SystemCallErrorNumber', new Variant('i', eperm)],
];

/** Settings that need privileges that the manager of a session lacks: namespaces and capabilities. */
function views({ writes, reads }: Sandbox): Property[] {
  const used = [...writes, ...reads];
  const homeIsUsed = used.some((path) => isBelow(path, '/home', '/root', '/run/user'));
  return [
    ...isTrue('PrivateDevices', 'PrivateNetwork', 'ProtectClock', 'ProtectControlGroups', 'ProtectHostname'),
    ...isTrue('ProtectKernelLogs', 'ProtectKernelModules', 'ProtectKernelTunables'),
    ['CapabilityBoundingSet', new Variant('t', 0n)],
    ['ProtectSystem', new Variant('s', 'strict')],
    ['ProtectHome', new Variant('s', homeIsUsed ? 'read-only' : 'yes')],
    ['ProtectProc', new Variant('s', 'invisible')],
    ['PrivateTmp', new Variant('b', !used.some((path) => isBelow(path, '/tmp', '/var/tmp')))],
    ['ReadWritePaths', new Variant('as', [...writes])],
  ];
}

/** The properties of systemd.exec(5) that restrict a service to what it needs, as far as this manager supports them. */
export const sandboxProperties = (sandbox: Sandbox, bus: BusName): Property[] =>
  bus === 'system' ? [...filters(), ...views(sandbox)] : filters();
