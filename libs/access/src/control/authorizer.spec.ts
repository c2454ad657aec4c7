// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Log } from '@givc/log';
import type { VmName } from '@givc/model';
import { Access } from '../access.js';
import { Audit } from '../audit/audit.js';
import { Rules } from '../cedar/rules.js';
import type { Caller, Peer } from '../identity/peer.js';
import { Authorizer } from './authorizer.js';

const startVm = '/admin.AdminService/StartVM';
const request = { VmName: 'gui-vm' };
const callerNamed = (name: string | undefined): Caller => ({
  peer: { name: name as VmName | undefined } as Peer,
  address: '10.0.0.1',
});
const caller = callerNamed('net-vm');

describe('the decision of the rules about a call', () => {
  let lines: Record<string, unknown>[];
  let logged: string[];

  beforeEach(() => {
    lines = [];
    logged = [];
  });

  const authorizer = async (rules: string | undefined, changesOnlyFrom?: VmName): Promise<Authorizer> => {
    const write = (line: string) => lines.push(JSON.parse(line) as Record<string, unknown>);
    const audit = new Audit({ write, reload: () => undefined, close: () => undefined });
    const parsed = rules === undefined ? undefined : await Rules.parse(rules, 'r.cedar');
    const access = new Access({
      identity: undefined,
      rules: parsed,
      audit,
      denial: 'denied by policy',
      changesOnlyFrom,
    });
    return new Authorizer(access, audit, new Log('info', (line) => logged.push(line.trimEnd()), false));
  };

  it('is undefined when access control is off', async () => {
    const off = await authorizer(undefined);
    expect(off.decide(caller, startVm, request)).toBeUndefined();
    off.assertPermitted(caller, startVm, request);
    expect(lines).toEqual([]);
  });

  it('permits changes to one caller only where that is configured, whatever the rules permit', async () => {
    const stopUnit = '/systemd.UnitControlService/StopUnit';
    const everything = 'permit(principal, action, resource);';
    for (const rules of [undefined, everything]) {
      const some = await authorizer(rules, 'admin-vm' as VmName);
      for (const rpc of [stopUnit, '/exec.Exec/RunCommand', '/policyadmin.PolicyAdmin/StreamPolicy', '/new.Service/Do'])
        for (const name of ['net-vm', undefined])
          expect(() => some.assertPermitted(callerNamed(name), rpc, {})).toThrow(
            expect.objectContaining({ reason: 'PERMISSION_DENIED' }) as Error,
          );
      expect(() => some.assertPermitted({ peer: undefined, address: undefined }, stopUnit, {})).toThrow();
      some.assertPermitted(callerNamed('admin-vm'), stopUnit, {});
      some.assertPermitted(caller, '/systemd.UnitControlService/GetUnitStatus', {});
      some.assertPermitted(caller, '/socketproxy.SocketStream/TransferData', undefined);
    }
    expect(lines.at(-1)).toMatchObject({ answer: 'PERMISSION_DENIED', rule: 'changes only from admin-vm' });
    const strict = await authorizer('', 'admin-vm' as VmName);
    expect(() => strict.assertPermitted(callerNamed('admin-vm'), stopUnit, {})).toThrow('denied by policy');
  });

  it('contains the rule that permits the call', async () => {
    const some = await authorizer('@id("net") permit(principal == Source::"net-vm", action, resource);');
    expect(some.decide(caller, startVm, request)).toEqual({ allowed: true, rule: 'net' });
    some.assertPermitted(caller, startVm, request);
    expect(lines).toEqual([]);
  });

  it('uses an empty name for a caller without a name', async () => {
    const some = await authorizer('permit(principal == Source::"", action, resource);');
    expect(some.decide({ peer: undefined, address: undefined }, startVm, request)).toMatchObject({ allowed: true });
    expect(some.decide(callerNamed(undefined), startVm, request)).toMatchObject({ allowed: true });
    expect(some.decide(caller, startVm, request)).toEqual({ allowed: false });
  });

  it.each([
    ['no rule permits it', '', undefined],
    ['a rule forbids it', '@id("none") forbid(principal, action, resource);', 'none'],
  ])('is a recorded rejection, because %s', async (reason, rules, rule) => {
    const some = await authorizer(rules);
    expect(() => some.assertPermitted(caller, startVm, request)).toThrow(
      expect.objectContaining({
        reason: 'PERMISSION_DENIED',
        message: 'denied by policy: net-vm may not call admin.AdminService/StartVM',
      }) as Error,
    );
    expect(lines).toEqual([
      {
        ...{ time: expect.any(String), peer: 'net-vm', address: '10.0.0.1', rpc: startVm, request },
        ...{ answer: 'PERMISSION_DENIED', reason, rule },
      },
    ]);
    expect(logged).toEqual([]);
  });

  it('is a rejection without a name for a caller without one, and without fields for an unknown rpc', async () => {
    const some = await authorizer('');
    const unnamed = { peer: undefined, address: undefined };
    expect(() => some.assertPermitted(unnamed, '/no.Service/Rpc', request)).toThrow(
      'denied by policy: a caller without a name may not call no.Service/Rpc',
    );
    expect(lines).toEqual([
      {
        ...{ time: expect.any(String), rpc: '/no.Service/Rpc', answer: 'PERMISSION_DENIED' },
        reason: 'no rule permits it',
      },
    ]);
  });

  it('is a rejection when a rule cannot be evaluated, which is recorded each time and logged once', async () => {
    const some = await authorizer('permit(principal, action, resource) when { context.Name == "a" };');
    for (let n = 0; n < 2; n++) expect(() => some.assertPermitted(caller, startVm, request)).toThrow('may not call');
    const error = expect.stringMatching(/^r\.cedar:1:44: record does not have the attribute `Name`/) as string;
    expect(lines.map(({ reason }) => reason)).toEqual([error, error]);
    expect(logged).toEqual([
      expect.stringMatching(/^error: a rule cannot be evaluated, so the call is denied error="r\.cedar:1:44: /),
    ]);
  });

  it('is logged for at most a hundred different errors of rules', async () => {
    const some = await authorizer('');
    const reject = (error: string) =>
      expect(() => some.reject(caller, startVm, request, { allowed: false, error })).toThrow();
    for (let n = 0; n < 120; n++) reject(`error ${n}`);
    expect(logged).toHaveLength(100);
  });
});
