// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { Access, Peer } from '@givc/access';
import { Log } from '@givc/log';
import { vmUnit, type VmName } from '@givc/model';
import { HostElection } from './host-election.js';
import { vmNamed } from './registry.fixture.js';

const [host, netVm, evilVm] = [vmNamed('host'), vmNamed('net-vm'), vmNamed('evil-vm')];

interface Settings {
  readonly hostName?: VmName;
  readonly services?: readonly VmName[];
  readonly tls?: boolean;
}

describe('the host', () => {
  let lines: string[];
  beforeEach(() => (lines = []));

  const identity = ({ hostName, services = [host, netVm], tls = true }: Settings = {}) =>
    new HostElection(
      { hostName, services: services.map(vmUnit) },
      { identity: tls ? {} : undefined } as Access,
      new Log('info', (line) => lines.push(line.trimEnd()), false),
    );
  const certified = (name: VmName) => ({ peer: { name } as Peer, address: '10.0.0.1' });
  const denied = (message: string) => expect.objectContaining({ reason: 'PERMISSION_DENIED', message }) as Error;
  const advice = "start the admin with --host-name (GIVC_HOST_NAME) set to the name in the host's certificate";

  it('is the configured machine, not another one of SERVICES that registers first', () => {
    const one = identity({ hostName: host, services: [netVm] });
    expect([one.name, one.isConfigured]).toEqual([host, true]);
    expect(() => one.claim(netVm, certified(netVm))).toThrow(
      denied('Type: the host of this system is host, not net-vm'),
    );
    one.claim(host, certified(host));
    one.restore(netVm);
    expect(one.name).toBe(host);
    expect(lines).toEqual([
      'warn: rejected as the host vm=net-vm problem="the host of this system is host, not net-vm"',
    ]);
  });

  it('is the first machine of SERVICES that claims it when none is configured, which is logged with the fix', () => {
    const one = identity();
    expect([one.name, one.isConfigured]).toEqual([undefined, false]);
    expect(() => one.claim(evilVm, certified(evilVm))).toThrow(
      denied(`Type: evil-vm is not in SERVICES, so it may not be the host: ${advice}`),
    );
    expect(one.name).toBeUndefined();
    one.claim(host, certified(host));
    one.claim(host, certified(host));
    expect([one.name, one.isConfigured]).toEqual([host, false]);
    expect(lines.slice(1)).toEqual([
      `warn: this is the host, because it was the first to register as the host; to be certain, ${advice} vm=host`,
    ]);
    expect(() => one.claim(netVm, certified(netVm))).toThrow('the host of this system is host');
  });

  it('counts each rejected claim, and logs it once for each of up to a hundred machines', () => {
    const one = identity({ hostName: host });
    const claim = (vm: VmName) => expect(() => one.claim(vm, certified(vm))).toThrow();
    for (let n = 0; n < 3; n++) claim(evilVm);
    expect([one.rejectedClaims, lines.length]).toEqual([3, 1]);
    for (let n = 0; n < 120; n++) claim(vmNamed(`vm-${n}`));
    expect([one.rejectedClaims, lines.length]).toEqual([123, 100]);
  });

  describe('after a restart of the admin', () => {
    it('is the same as before the restart, even when another machine registers first', () => {
      const one = identity();
      one.restore(host);
      expect(one.name).toBe(host);
      expect(lines).toEqual([`warn: the host was restored from the state directory; to be certain, ${advice} vm=host`]);
      expect(() => one.claim(netVm, certified(netVm))).toThrow('the host of this system is host');
    });

    it('is not known when the host from before the restart is not in SERVICES', () => {
      const one = identity();
      one.restore(evilVm);
      expect(one.name).toBeUndefined();
      expect(lines).toEqual([
        `warn: the host of the last run is not in SERVICES, so it is not restored: ${advice} vm=evil-vm`,
      ]);
      one.claim(host, certified(host));
      expect(one.name).toBe(host);
    });

    it('is the same as before the restart without TLS, even when SERVICES does not name it', () => {
      const one = identity({ tls: false, services: [] });
      one.restore(host);
      expect(one.name).toBe(host);
    });
  });

  describe('without TLS', () => {
    const at = (address: string | undefined) => ({ address });

    it('is the first machine that claims it, by its name and its address', () => {
      const one = identity({ tls: false, services: [] });
      one.claim(host, at('10.0.0.1'));
      one.claim(host, at('::ffff:10.0.0.1'));
      for (const address of ['10.0.0.2', undefined])
        expect(() => one.claim(host, at(address))).toThrow(
          denied(`Type: host is the host at 10.0.0.1, not at ${address ?? 'this machine'}: ${advice}`),
        );
      expect(() => one.claim(netVm, at('10.0.0.1'))).toThrow('the host of this system is host');
    });

    it('may have no address on a socket of this machine', () => {
      const one = identity({ tls: false });
      for (let n = 0; n < 2; n++) one.claim(host, at(undefined));
      expect(() => one.claim(host, at('10.0.0.1'))).toThrow('host is the host at this machine, not at 10.0.0.1');
    });

    it('is the configured machine from any address', () => {
      const one = identity({ tls: false, hostName: host });
      for (const address of ['10.0.0.1', '10.0.0.2']) one.claim(host, at(address));
      expect(one.rejectedClaims).toBe(0);
    });
  });
});
