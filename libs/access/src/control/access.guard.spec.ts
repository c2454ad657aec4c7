// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { ArgumentsHost } from '@nestjs/common';
import { Log } from '@givc/log';
import { Access } from '../access.js';
import { Audit } from '../audit/audit.js';
import { Rules } from '../cedar/rules.js';
import { AccessGuard } from './access.guard.js';
import { Authorizer } from './authorizer.js';
import { decidingRule } from '../audit/deciding-rule.js';
import { mustAuthorizeEntries } from './entry-authorization.js';

class FakeCall {
  constructor(private readonly rpc: string) {}

  getPath = () => this.rpc;
  getPeer = () => '10.0.0.1:5000';
  getAuthContext = () => ({
    sslPeerCertificate: { subjectaltname: 'DNS:net-vm', serialNumber: '01', valid_from: 'Nov 24 08:00:00 2026 GMT' },
  });
}

const startVm = '/admin.AdminService/StartVM';

describe('the guard of access control', () => {
  let lines: Record<string, unknown>[];

  beforeEach(() => {
    lines = [];
    let now = 1_000;
    jest.spyOn(performance, 'now').mockImplementation(() => (now += 5));
  });
  afterEach(() => jest.restoreAllMocks());

  /** The decision for a call with this request; without one its caller streams. */
  async function guarded(rules: string | undefined, call: FakeCall, request?: object) {
    const write = (line: string) => lines.push(JSON.parse(line) as Record<string, unknown>);
    const audit = new Audit({ write, reload: () => undefined, close: () => undefined });
    const parsed = rules === undefined ? undefined : await Rules.parse(rules, 'r.cedar');
    const access = new Access({ identity: undefined, rules: parsed, audit, denial: 'denied' });
    const guard = new AccessGuard(new Authorizer(access, audit, new Log('error', () => undefined, false)));
    const args = request ? [request, call] : [call];
    const context = { getArgs: () => args, getArgByIndex: (at: number) => args[at] };
    return guard.canActivate(context as unknown as ArgumentsHost);
  }

  it('permits every call when access control is off', async () => {
    const call = new FakeCall(startVm);
    expect(await guarded(undefined, call, {})).toBe(true);
    expect([decidingRule(call), mustAuthorizeEntries(call)]).toEqual([undefined, false]);
  });

  it('stores which rule has permitted a call', async () => {
    const call = new FakeCall(startVm);
    const rules = '@id("net") permit(principal == Source::"net-vm", action, resource);';
    expect(await guarded(rules, call, { VmName: 'gui-vm' })).toBe(true);
    expect([decidingRule(call), mustAuthorizeEntries(call)]).toEqual(['net', false]);
  });

  it('rejects a call that no rule permits, and records it with the time that it took', async () => {
    await expect(guarded('', new FakeCall(startVm), { VmName: 'gui-vm' })).rejects.toMatchObject({
      reason: 'PERMISSION_DENIED',
      message: 'denied: net-vm may not call admin.AdminService/StartVM',
    });
    expect(lines).toEqual([
      expect.objectContaining({ rpc: startVm, request: { VmName: 'gui-vm' }, ms: 5, reason: 'no rule permits it' }),
    ]);
  });

  it('evaluates the request, and for a stream of the caller none, also when the call has fields of such a name', async () => {
    const rules = 'permit(principal, action, resource) when { context has VmName && context.VmName == "gui-vm" };';
    expect(await guarded(rules, new FakeCall(startVm), { VmName: 'gui-vm' })).toBe(true);
    const stream = Object.assign(new FakeCall(startVm), { VmName: 'gui-vm' });
    await expect(guarded(rules, stream)).rejects.toMatchObject({ reason: 'PERMISSION_DENIED' });
  });

  describe('for a stream whose entries are authorized one by one', () => {
    const report = '/report.Reports/Report';

    it('opens the stream when no rule mentions it, and requires that every entry is authorized', async () => {
      const call = new FakeCall(report);
      expect(await guarded('', call)).toBe(true);
      expect(mustAuthorizeEntries(call)).toBe(true);
      expect(lines).toEqual([]);
    });

    it('does not require that the entries are authorized when a rule permits the stream', async () => {
      const call = new FakeCall(report);
      expect(await guarded('permit(principal, action, resource);', call)).toBe(true);
      expect(mustAuthorizeEntries(call)).toBe(false);
    });

    it.each([
      ['forbids it', '@id("no") forbid(principal, action, resource);'],
      ['cannot be evaluated', 'permit(principal, action, resource) when { context.Name == "a" };'],
    ])('rejects the stream when a rule %s', async (_, rules) => {
      const call = new FakeCall(report);
      await expect(guarded(rules, call)).rejects.toMatchObject({ reason: 'PERMISSION_DENIED' });
      expect(mustAuthorizeEntries(call)).toBe(false);
    });
  });
});
