import * as z from 'zod/mini';
import { absent, defaulted, entries, parsed, type Omission, type Path } from '@givc/config';
import {
  invalid,
  parseApplicationName,
  parseUnitName,
  parseVmName,
  quoted,
  vmOfVmUnit,
  type UnitName,
} from '@givc/model';
import { absolutePath } from './absolute-path.js';
import { dbusProxy } from './dbus-proxy.js';
import { exec } from './exec.js';
import { socketProxy } from './socket-proxy.js';
import { policy } from './policy.js';
import { peerTransport } from './transport.js';

const unit = parsed(z.string(), parseUnitName);
const enable = defaulted(z.boolean(), false);
const onlyEnable = defaulted(z.strictObject({ enable }), {});

const vmUnit = parsed(z.string(), (field, value): UnitName => {
  const name = parseUnitName(field, value);
  if (!vmOfVmUnit(name))
    throw invalid(field, `invalid VM ${quoted(value)}: expected a unit such as "microvm@net-vm.service"`);
  return name;
});

/** A command line, split at spaces without any quoting; its first word is the path of the program. */
const commandLine = parsed(z.string(), (field, value): readonly [program: string, ...args: string[]] => {
  const [program = '', ...args] = value.split(' ').filter((word) => word !== '');
  if (!program.startsWith('/') || value.includes('\0'))
    throw invalid(field, `invalid command ${quoted(value)}: expected an absolute path, then arguments`);
  return [program, ...args];
});

const application = z.strictObject({
  name: parsed(z.string(), parseApplicationName),
  command: commandLine,
  args: defaulted(
    z.array(z.enum(['url', 'flag', 'file'], { error: 'invalid kind: expected "url", "flag" or "file"' })),
    [],
  ),
  directories: defaulted(z.array(absolutePath), []),
});

const vmServices = z.strictObject({
  adminVm: absent(vmUnit),
  systemVms: entries(vmUnit),
  appVms: entries(vmUnit),
});

const event = z.strictObject({
  transport: peerTransport,
  producer: onlyEnable,
  consumer: defaulted(z.strictObject({ enable, permittedSource: absent(parsed(z.string(), parseVmName)) }), {}),
  device: defaulted(z.string(), ''),
});

/** Of what is off nothing else is read, so that an unfinished block can wait in the file. */
const readIfEnabled = <Schema extends z.ZodMiniType>(schema: Schema) =>
  z.pipe(
    z.transform((input: unknown): unknown => {
      const on = (input as { enable?: unknown } | null | undefined)?.enable;
      return on === false || on === null || on === undefined ? {} : input;
    }),
    schema,
  );

/** What an agent offers; everything is off unless it is on. */
export const capabilities = z.strictObject({
  services: entries(unit),
  vmServices: defaulted(vmServices, {}),
  applications: entries(application),
  exec: defaulted(exec, {}),
  wifi: onlyEnable,
  ctap: onlyEnable,
  hwid: defaulted(z.strictObject({ enable, interface: defaulted(z.string(), '') }), {}),
  notifier: defaulted(z.strictObject({ enable, socket: defaulted(absolutePath, '/run/log/journal-notifier') }), {}),
  eventProxy: readIfEnabled(z.strictObject({ enable, events: entries(event) })),
  socketProxy: readIfEnabled(z.strictObject({ enable, sockets: entries(socketProxy) })),
  dbusProxy: readIfEnabled(dbusProxy),
  policy,
});

/** The keys of a capability whose values are entries of their own: an array, or an object by name. */
const entryKeys = new Set<PropertyKey>(['events', 'sockets', 'proxies', 'clients', 'commands', 'policies']);

/**
 * What a mistake below `capabilities` costs: the entry that it is in, else the capability. So an entry or a capability
 * whose protection is mistaken is closed, never open.
 */
export function omittedCapability([first, capability, key, item]: Path): Omission | undefined {
  if (first !== 'capabilities' || capability === undefined) return undefined;
  const consequence = 'this entry is left out';
  if (typeof key === 'number') return { path: [first, capability, key], consequence };
  if (key !== undefined && (typeof item === 'number' || (entryKeys.has(key) && item !== undefined)))
    return { path: [first, capability, key, item], consequence };
  if (capability === 'vmServices' && key !== undefined) return { path: [first, capability, key], consequence };
  return { path: [first, capability], consequence: 'the capability stays off' };
}

/** An application that may be started, and the kinds of arguments that it takes. */
export type ApplicationManifest = z.output<typeof application>;
export type ArgumentKind = ApplicationManifest['args'][number];
export type Capabilities = z.output<typeof capabilities>;
