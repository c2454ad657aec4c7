import * as z from 'zod/mini';
import { absent, defaulted, parsed } from '@givc/config';
import { invalid, parseApplicationName, parseUnitName, parseVmName, vmOfVmUnit, type UnitName } from '@givc/model';
import { absolutePath } from './absolute-path.js';
import { dbusProxy } from './dbus-proxy.js';
import { exec } from './exec.js';
import { socketProxy } from './socket-proxy.js';
import { policy } from './policy.js';
import { transport } from './transport.js';

const unit = parsed(z.string(), parseUnitName);
const enable = defaulted(z.boolean(), false);
const onlyEnable = defaulted(z.strictObject({ enable }), {});

const vmUnit = parsed(z.string(), (field, value): UnitName => {
  const name = parseUnitName(field, value);
  if (!vmOfVmUnit(name)) throw invalid(field, `${JSON.stringify(value)} is no VM, such as "microvm@net-vm.service"`);
  return name;
});

const application = z.strictObject({
  name: parsed(z.string(), parseApplicationName),
  command: absolutePath,
  args: defaulted(z.array(z.enum(['url', 'flag', 'file'], { error: 'one of "url", "flag" and "file" is needed' })), []),
  directories: defaulted(z.array(absolutePath), []),
});

const vmServices = z.strictObject({
  adminVm: absent(vmUnit),
  systemVms: defaulted(z.array(vmUnit), []),
  appVms: defaulted(z.array(vmUnit), []),
});

const event = z.strictObject({
  transport,
  producer: onlyEnable,
  consumer: defaulted(z.strictObject({ enable, permittedSource: absent(parsed(z.string(), parseVmName)) }), {}),
  device: z.string(),
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
  services: defaulted(z.array(unit), []),
  vmServices: defaulted(vmServices, {}),
  applications: defaulted(z.array(application), []),
  exec: defaulted(exec, {}),
  wifi: onlyEnable,
  ctap: onlyEnable,
  hwid: defaulted(z.strictObject({ enable, interface: defaulted(z.string(), '') }), {}),
  notifier: defaulted(z.strictObject({ enable, socket: defaulted(absolutePath, '/run/log/journal-notifier') }), {}),
  eventProxy: readIfEnabled(z.strictObject({ enable, events: defaulted(z.array(event), []) })),
  socketProxy: readIfEnabled(z.strictObject({ enable, sockets: defaulted(z.array(socketProxy), []) })),
  dbusProxy: readIfEnabled(dbusProxy),
  policy,
});

/** An application that may be started, and the kinds of arguments that it takes. */
export type ApplicationManifest = z.output<typeof application>;
export type ArgumentKind = ApplicationManifest['args'][number];
export type Capabilities = z.output<typeof capabilities>;
