// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { AgentFile } from './agent-file.js';
import { unusedApplicationSettings } from './applications/applications.config.js';
import { unusedDbusProxy } from './dbus-proxy/dbus-proxy.config.js';
import { unusedEventProxy } from './event-proxy/event-proxy.config.js';
import { unlistedCommands } from './exec/exec.config.js';
import { unusedPolicySettings } from './policy/policy.config.js';
import { unusedSocketProxy, unusedSocketSettings } from './socket-proxy/socket-proxy.config.js';

/** A warning when any machine of the network may call this agent, or impersonate the admin. */
function tlsWarnings({ network: { tls, agent, admin } }: AgentFile): string[] {
  const isOverNetwork = [agent, admin].some(({ transport }) => transport.address.protocol === 'tcp');
  if (tls.enable || !isOverNetwork) return [];
  const isNamed = [tls.caCertPath, tls.certPath, tls.keyPath].some((path) => path !== undefined);
  const off = isNamed ? 'TLS is off although certificates are named' : 'TLS is off';
  return [`network.tls.enable: ${off}: every call is in plain text and unauthenticated`];
}

/** Settings that do not fit the type of this machine. */
function misplacedSettings({ identity: { type, subType, parent }, capabilities: { vmServices } }: AgentFile): string[] {
  const isHost = type.vm === 'Host';
  const { adminVm, systemVms, appVms } = vmServices;
  const hasVms = adminVm !== undefined || systemVms.length + appVms.length > 0;
  return [
    ...(subType.vm === type.vm
      ? []
      : [`identity.subType: units are listed as those of ${subType.vm}, but type says that this is ${type.vm}`]),
    ...(isHost && parent !== undefined ? ['identity.parent: the host has none'] : []),
    ...(!isHost && hasVms ? [`capabilities.vmServices: only the host runs VMs, and this is ${type.vm}`] : []),
  ];
}

/** Settings that need the name of a caller, which only TLS verifies. */
const unnamedCallers = ({ network: { tls }, accessControl }: AgentFile): string[] =>
  tls.enable
    ? []
    : [
        ...(accessControl.enable
          ? ['accessControl.enable: TLS is off, so callers have no name, and no rule that names one permits it']
          : []),
        ...(tls.revocationsPath === undefined
          ? []
          : ['network.tls.revocationsPath: TLS is off, so nothing is revoked']),
      ];

/** A warning for each valid setting without effect; `json` is the file as it was read. */
export function unusedSettings(file: AgentFile, json: unknown): string[] {
  const { applications, exec, policy, socketProxy, dbusProxy, eventProxy } = file.capabilities;
  return [
    ...tlsWarnings(file),
    ...unnamedCallers(file),
    ...misplacedSettings(file),
    ...unlistedCommands(exec, { tls: file.network.tls.enable, admin: file.network.admin.transport.name }),
    ...unusedPolicySettings(policy, json),
    ...unusedSocketProxy(socketProxy, json),
    ...unusedDbusProxy(dbusProxy, json),
    ...unusedEventProxy(eventProxy, json),
    ...unusedSocketSettings(socketProxy),
    ...unusedApplicationSettings(applications),
  ];
}
