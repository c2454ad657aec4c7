import { hasEntries } from '@givc/config';
import type { AgentFile } from './agent-file.js';
import { idleApplicationSettings } from './applications.js';
import type { SocketProxy } from './socket-proxy.js';

/** What the contract has and this build has not. */
const missing = ['eventProxy'] as const;

/** One line for everything that is enabled although this build does not have it. */
const unavailable = ({ capabilities }: AgentFile): string[] =>
  missing
    .filter((name) => capabilities[name].enable)
    .map((name) => `capabilities.${name}.enable: this build does not have it; its rpcs answer UNIMPLEMENTED`);

/** One line when anybody on the network may call, or answer for the admin. */
function tlsWarnings({ network: { tls, agent, admin } }: AgentFile): string[] {
  const isOverNetwork = [agent, admin].some(({ transport }) => transport.address.protocol === 'tcp');
  if (tls.enable || !isOverNetwork) return [];
  const isNamed = [tls.caCertPath, tls.certPath, tls.keyPath].some((path) => path !== undefined);
  const off = isNamed ? 'TLS is off although certificates are named' : 'TLS is off';
  return [`network.tls.enable: ${off}: every call is in plain text and unauthenticated`];
}

/** What `exec` without a list of commands permits, and how to have more. */
function unlistedCommands({ capabilities: { exec }, network }: AgentFile): string[] {
  if (!exec.enable || !exec.isUnlisted) return [];
  const { name } = network.admin.transport;
  return [
    network.tls.enable
      ? `capabilities.exec.commands: none is listed, so only ${name} may run "ota-update get" and "ota-update cachix", ` +
        'as updates need them; an entry such as {"command": "/path/of/program", "args": ["..."]} permits more'
      : 'capabilities.exec.commands: none is listed, and TLS is off, so nothing may be run',
  ];
}

/** Capabilities that are on and have nothing to offer or to ask for. */
function emptyCapabilities({ capabilities: { policy, socketProxy, dbusProxy } }: AgentFile, json: unknown): string[] {
  const isEmpty = (name: string, ...keys: string[]) => !keys.some((key) => hasEntries(json, 'capabilities', name, key));
  return [
    ...(policy.enable && isEmpty('policy', 'policies')
      ? ['policy.enable: no policies are named: each is refused']
      : []),
    ...(policy.requireName && !policy.publicKey
      ? ['policy.requireName: without publicKey no signature is asked for']
      : []),
    ...(socketProxy.enable && isEmpty('socketProxy', 'sockets') ? ['socketProxy.enable: there are no sockets'] : []),
    ...(dbusProxy.enable && isEmpty('dbusProxy', 'proxies', 'clients')
      ? ['dbusProxy.enable: there are no proxies and no clients']
      : []),
  ].map((text) => `capabilities.${text}`);
}

/** What one side of a socket proxy says that only the other uses. */
function idleSocketSettings({ capabilities: { socketProxy } }: AgentFile): string[] {
  const idle = ({ server, socket, permittedSource, owner, group, mode }: SocketProxy): string[] => {
    const unused = Object.entries(server ? { owner, group, mode } : { permittedSource });
    const keys = unused.filter(([, value]) => value !== undefined).map(([key]) => key);
    const effect = server ? 'a server connects to its socket, it does not make it' : 'only a server is connected to';
    return keys.length > 0 ? [`capabilities.socketProxy.sockets: ${keys.join(', ')} of ${socket}: ${effect}`] : [];
  };
  return socketProxy.sockets.flatMap(idle);
}

/** What does not fit the kind of machine that this is. */
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

/** What needs the name of a caller, which only TLS verifies. */
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

/** One line for each setting that is read without a mistake and has no effect; `json` is what was read. */
export const idleSettings = (file: AgentFile, json: unknown): string[] => [
  ...tlsWarnings(file),
  ...unnamedCallers(file),
  ...misplacedSettings(file),
  ...unavailable(file),
  ...unlistedCommands(file),
  ...emptyCapabilities(file, json),
  ...idleSocketSettings(file),
  ...idleApplicationSettings(file.capabilities.applications),
];
