// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AdminClient } from '@givc/client';
import { FakeSystemd } from '@givc/systemd';
import { GivcError, type UnitName } from '@givc/model';
import { TestSystem } from '@givc/testing';
import { FakeJournal } from '../../apps/agent/src/journal/fake-journal.fixture.js';
import { Journal } from '../../apps/agent/src/journal/journal.js';
import { itInProcess } from '../../apps/cli/src/running-cli.fixture.js';
import { cli, startCli } from '../support/cli.js';

const web = 'web.service' as UnitName;
const inNetVm = '"givc-cli status --vm net-vm" lists';
const vms = '"givc-cli status" lists the VMs';

describe('a mistyped name of givc-cli', () => {
  let folder: string;
  let system: TestSystem;

  /** net-vm runs web.service and one instance of clock. */
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'givc-names-'));
    system = await TestSystem.start({ tls: false, stateDirectory: folder });
    const systemd = new FakeSystemd();
    systemd.define(web, { active: true });
    const applications = ['clock', 'calculator'].map((name) => ({ name, command: '/bin/clock' }));
    await system.startAgent(
      'net-vm',
      { systemd, capabilities: { services: [web], applications, journal: { enable: true } } },
      { overrides: [{ provide: Journal, useValue: new FakeJournal() }] },
    );
    await system.startAgent('gui-vm');
    await system.until((list) => [web, 'givc-gui-vm.service'].every((unit) => list.some(({ Name }) => Name === unit)));
    await system.client().startApplication({ AppName: 'clock', VmName: 'net-vm', Args: [] });
  });
  afterAll(async () => {
    await system.close();
    rmSync(folder, { recursive: true });
  });

  const errorOf = async (line: string) => {
    const { status, out, err } = await cli(system, ...line.split(' '));
    expect({ status, out }).toEqual({ status: 1, out: '' });
    return err;
  };

  it.each([
    'history --unit wbe.service --vm net-vm',
    'analyze start wbe.service --vm net-vm',
    'start service wbe.service --vm net-vm',
    'stop service wbe.service --vm net-vm',
    'restart service wbe.service --vm net-vm',
    'get-status net-vm wbe.service',
    'logs wbe.service --vm net-vm',
  ])('is a unit: "%s" suggests the similar one and the command that lists all', async (line) => {
    const err = await errorOf(line);
    expect(err).toMatch(/^givc-cli: [^\n]*"wbe\.service"[^\n]*\n$/);
    expect(err).toContain(` did you mean "web.service"? ${inNetVm} the units\n`);
  });

  it.each([
    'start app clock --vm nte-vm',
    'start service web.service --vm nte-vm',
    'start vm nte-vm',
    'stop app clock@ --vm nte-vm',
    'stop vm nte-vm',
    'restart vm nte-vm',
    'restart app clock@ --vm nte-vm',
    'pause clock@ --vm nte-vm',
    'get-status nte-vm web.service',
    'get-stats nte-vm',
    'logs web.service --vm nte-vm',
    'status --vm nte-vm',
    'status --resources --vm nte-vm',
    'hwid nte-vm',
    'exec nte-vm -- id',
    'wifi list --vm nte-vm',
    'notify-user nte-vm',
  ])('is a VM: "%s" suggests the similar one and the command that lists all', async (line) => {
    expect(await errorOf(line)).toBe(`givc-cli: VM "nte-vm" is unknown: did you mean "net-vm"? ${vms}\n`);
  });

  it.each([
    ['stop app clokc', 'clock@'],
    ['stop app clokc@0', 'clock@0.service'],
    ['pause clokc@', 'clock@'],
    ['resume clokc@0.service', 'clock@0.service'],
    ['restart app clokc@ --vm net-vm', 'clock@'],
  ])('is an instance: "%s" suggests %s', async (line, suggested) => {
    const err = await errorOf(line);
    expect(err).toMatch(/^givc-cli: application [^\n]*\n$/);
    expect(err).toContain(`; did you mean "${suggested}"`);
  });

  it.each([
    ['clokc', 'net-vm', 'did you mean "clock"? '],
    ['calcualtor', 'net-vm', 'did you mean "calculator"? '],
    ['printer', 'net-vm', ''],
    ['calculator', 'gui-vm', 'did you mean --vm net-vm? ', ''],
  ])('is an application: %s of %s', async (name, vm, question, where = ` --vm ${vm}`) => {
    expect(await errorOf(`start app ${name} --vm ${vm}`)).toBe(
      `givc-cli: ${vm}: application "${name}" is not in this agent's allowlist (capabilities.applications); ` +
        `${question}"givc-cli applications${where}" lists them\n`,
    );
  });

  itInProcess('is an application of an earlier admin, which knows those that run', async () => {
    const denied = new GivcError('UNIMPLEMENTED', 'no such service');
    const list = jest.spyOn(AdminClient.prototype, 'listMachines').mockRejectedValue(denied);
    const errors = [await errorOf('start app clokc --vm net-vm'), await errorOf('start app printer --vm net-vm')];
    list.mockRestore();
    expect(errors).toEqual([
      expect.stringMatching(/; did you mean "clock"\? "givc-cli status --vm net-vm" lists what runs\n$/),
      expect.stringMatching(/\(capabilities\.applications\)\n$/),
    ]);
  });

  it('is not suspected when the name is known, or nothing is similar', async () => {
    expect(await errorOf('start service other.service --vm net-vm')).toMatch(
      /\(capabilities\.services\); "givc-cli status --vm net-vm" lists the units\n$/,
    );
    expect(await errorOf('get-stats printer')).toBe(`givc-cli: VM "printer" is unknown: ${vms}\n`);
  });

  itInProcess('costs no call when the command succeeds', async () => {
    const list = jest.spyOn(AdminClient.prototype, 'queryList');
    const ran = await cli(system, 'get-status', 'net-vm', web, '--property', 'SubState');
    const calls = list.mock.calls.length;
    list.mockRestore();
    expect(ran).toMatchObject({ status: 0 });
    expect(calls).toBe(0);
  });

  itInProcess('is rejected without the names of others when the caller may not list them', async () => {
    const denied = new GivcError('PERMISSION_DENIED', 'it may not call QueryList');
    const list = jest.spyOn(AdminClient.prototype, 'queryList').mockRejectedValue(denied);
    const errors = [await errorOf('get-stats nte-vm'), await errorOf('stop app clokc@')];
    list.mockRestore();
    expect(errors).toEqual(['givc-cli: VM "nte-vm" is unknown\n', 'givc-cli: application "clokc" does not run\n']);
  });

  it('is reported at once by a wait, which goes on', async () => {
    const unit = startCli(system, 'wait', 'wbe.service', '--timeout', '0.3');
    expect(await unit.ended).toEqual({
      status: 3,
      out: '',
      err:
        'givc-cli: still waiting: unit "wbe.service" is not registered: did you mean "web.service"? ' +
        '"givc-cli status" lists the units\n' +
        'givc-cli: wbe.service is not running after 0.3 s: it is not registered\n',
    });
    const vm = startCli(system, 'wait', web, '--vm', 'nte-vm', '--timeout', '0.3');
    expect((await vm.ended).err).toMatch(/^givc-cli: still waiting: VM "nte-vm" is unknown: did you mean "net-vm"\?/);
    const application = startCli(system, 'wait', 'clokc@', '--timeout', '0.3');
    expect((await application.ended).err).toMatch(/"clokc@" is not registered: did you mean "clock@"\?/);
  });

  it('is the reason why a query lists nothing, which is no failure', async () => {
    expect(await cli(system, 'query', '--as-json', '--by-name', 'wbe.service')).toEqual({
      status: 0,
      out: '[]\n',
      err:
        'givc-cli: unit "wbe.service" is not registered: did you mean "web.service"? ' +
        '"givc-cli status" lists the units\n',
    });
    expect(await cli(system, 'query', '--as-json', '--by-name', 'wbe.service', web)).toMatchObject({ err: '' });
    const err = 'givc-cli: no unit has the name "web": did you mean "web.service"?\n';
    expect(await cli(system, 'query', '--as-json', '--by-name', 'web')).toEqual({ status: 0, out: '[]\n', err });
  });

  it('is the reason why a history has no event', async () => {
    expect(await errorOf('history --vm nope')).toBe(`givc-cli: no event is kept, and VM "nope" is unknown: ${vms}\n`);
    expect(await cli(system, 'history', '--vm', 'net-vm', '--until', '2020-01-01')).toEqual({
      status: 0,
      out: '',
      err: 'givc-cli: no such event is kept\n',
    });
  });
});
