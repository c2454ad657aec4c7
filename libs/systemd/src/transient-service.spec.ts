// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { UnitName } from '@givc/model';
import type { TransientService } from './systemd.js';
import { definitionOf, transientServiceCall } from './transient-service.js';

const proxy: TransientService = {
  unit: 'proxy.service' as UnitName,
  description: 'a proxy',
  command: ['/bin/proxy', '--talk=$HOME'],
  restart: 'always',
  user: 'nobody',
  sandbox: { writes: ['/run/proxy'], reads: ['/run/dbus/system_bus_socket'] },
};

const propertiesOf = (service: TransientService, bus: 'system' | 'session'): Record<string, unknown> =>
  Object.fromEntries(
    (transientServiceCall(service, bus).body![2] as [string, { value: unknown }][]).map(([name, { value }]) => [
      name,
      value,
    ]),
  );

describe('a transient service', () => {
  it('cannot access homes and temporary files of others unless it works there', () => {
    const sandboxed = (sandbox: TransientService['sandbox']) => propertiesOf({ ...proxy, sandbox }, 'system');
    expect(sandboxed(proxy.sandbox)).toMatchObject({ ProtectHome: 'yes', PrivateTmp: true });
    expect(sandboxed({ writes: ['/run/x'], reads: ['/run/user/5150/bus'] })).toMatchObject({
      ProtectHome: 'read-only',
      PrivateTmp: true,
    });
    expect(sandboxed({ writes: ['/tmp'], reads: ['/homes'] })).toMatchObject({ ProtectHome: 'yes', PrivateTmp: false });
  });

  it("is started by a session's manager without settings that only the system manager supports", () => {
    const properties = propertiesOf(proxy, 'session');
    expect(properties).toMatchObject({ NoNewPrivileges: true, Restart: 'always', UMask: 0o077 });
    for (const name of ['PrivateNetwork', 'ProtectSystem', 'CapabilityBoundingSet'])
      expect(properties).not.toHaveProperty(name);
  });

  it('is recognized by its whole description', () => {
    const definition = definitionOf(proxy, 'system');
    expect(definitionOf({ ...proxy }, 'system')).toBe(definition);
    expect(propertiesOf(proxy, 'system')['Environment']).toEqual([definition]);
    const others: TransientService[] = [
      { ...proxy, command: ['/bin/proxy', '--talk=$HOME', '--log'] },
      { ...proxy, user: 'root' },
      { ...proxy, sandbox: undefined },
      { ...proxy, sandbox: { writes: ['/run/other'], reads: proxy.sandbox!.reads } },
    ];
    expect(new Set([definition, ...others.map((other) => definitionOf(other, 'system'))]).size).toBe(5);
  });

  it('has the given variables, and the mark of a service that is restarted', () => {
    const environment = { LANG: 'C', A: 'a=b c' };
    expect(propertiesOf({ ...proxy, restart: undefined, environment }, 'session')['Environment']).toEqual([
      'LANG=C',
      'A=a=b c',
    ]);
    expect(propertiesOf({ ...proxy, environment }, 'system')['Environment']).toHaveLength(3);
  });

  it('has no mark when it is not restarted', () => {
    expect(propertiesOf({ ...proxy, restart: undefined }, 'system')).not.toHaveProperty('Environment');
  });
});
