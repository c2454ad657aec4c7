// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { createHash } from 'node:crypto';
import { Variant, type BusName, type MethodCall } from '@givc/dbus';
import { sandboxProperties } from './sandbox.js';
import type { TransientService } from './systemd.js';

type Properties = [name: string, value: Variant][];

const seconds = (count: number): bigint => BigInt(count * 1_000_000);

const restartProperties = (): Properties => [
  ['Restart', new Variant('s', 'always')],
  ['RestartUSec', new Variant('t', seconds(0.5))],
  ['StartLimitIntervalUSec', new Variant('t', seconds(30))],
  ['StartLimitBurst', new Variant('u', 5)],
];

const ownUserOnly = 0o077;

function propertiesOf({ description, command, restart, user, sandbox }: TransientService, bus: BusName): Properties {
  const properties: Properties = [
    ['Description', new Variant('s', description)],
    ['Type', new Variant('s', 'exec')],
    ['CollectMode', new Variant('s', 'inactive-or-failed')],
    ['AddRef', new Variant('b', true)],
    // systemd would expand "$NAME" (systemd.service(5), "Command lines"). ExecStartEx with "no-env-expand" would do
    // without the doubled sign, but systemd (252) cannot read back what it writes of it, and breaks the unit when it
    // reloads.
    ['ExecStart', new Variant('a(sasb)', [[command[0], command.map((arg) => arg.replaceAll('$', '$$$$')), false]])],
  ];
  // The slice in which desktop environments put applications (systemd.special(7)); the system's manager does not have
  // it.
  if (bus === 'session') properties.push(['Slice', new Variant('s', 'app.slice')]);
  if (user !== undefined) properties.push(['User', new Variant('s', user)]);
  if (sandbox) properties.push(['UMask', new Variant('u', ownUserOnly)], ...sandboxProperties(sandbox, bus));
  if (restart) properties.push(...restartProperties());
  return properties;
}

/**
 * A variable in the environment of a service that outlives this process, by which a later process recognizes it. Its
 * value depends on the whole description and on how this version of the program starts it.
 */
export function definitionOf(service: TransientService, bus: BusName): string {
  const words = JSON.stringify(propertiesOf(service, bus), (_key, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value,
  );
  return `GIVC_DEFINITION=${createHash('sha256').update(words).digest('hex')}`;
}

/**
 * StartTransientUnit with the properties of systemd.service(5). The unit is unloaded when it ends, also when it
 * fails; until then, and until `UnrefUnit`, it can be asked.
 */
export function transientServiceCall(
  service: TransientService,
  bus: BusName,
): Pick<MethodCall, 'member' | 'signature' | 'body'> {
  const properties = propertiesOf(service, bus);
  const environment = Object.entries(service.environment ?? {}).map(([name, value]) => `${name}=${value}`);
  if (service.restart) environment.push(definitionOf(service, bus));
  if (environment.length > 0) properties.push(['Environment', new Variant('as', environment)]);
  return {
    member: 'StartTransientUnit',
    signature: 'ssa(sv)a(sa(sv))',
    body: [service.unit, 'fail', properties, []],
  };
}
