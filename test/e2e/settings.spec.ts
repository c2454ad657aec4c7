// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { transportOf } from '@givc/model';
import { locale, report, type admin } from '@givc/rpc';
import { TestSystem, type TestAgent } from '@givc/testing';
import { cli } from '../support/cli.js';
import { StandInPrograms } from '../support/programs.js';
import { agentImplementations, startOldAgent, type AnyAgent } from '../support/old-agents.js';

const { LANG, LC_TIME, LC_ALL } = locale.LocaleMacroKey;
const finnish = { assignments: [{ key: LANG, value: 'fi_FI.UTF-8' }] };

describe('locale and timezone', () => {
  let system: TestSystem;
  let programs: StandInPrograms;
  let folder: string;

  const kept = (file: 'locale.conf' | 'timezone.conf') => readFileSync(join(folder, file), 'utf8');
  const start = async (files: Readonly<Record<string, string>> = {}) => {
    for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
    system = await TestSystem.start({ settingsDirectory: folder });
  };
  const startAgents = async (...names: string[]): Promise<TestAgent[]> => {
    const agents = await Promise.all(names.map((name) => system.startAgent(name)));
    for (const name of names) await system.untilRegistered(name);
    return agents;
  };

  /** An agent that does not register by itself; the test registers it. */
  const silentAgent = () => system.startAgent('net-vm', { adminPort: 1 });
  const requestOf = ({ endpoint }: TestAgent): admin.RegistryRequest => ({
    ...{ Name: 'givc-net-vm.service', Parent: '', Type: 8, Transport: transportOf(endpoint), State: undefined },
  });
  const asked = ({ record }: AnyAgent) => record.lines.map(({ rpc, request }) => [rpc!.split('/')[2], request]);

  beforeEach(() => {
    programs = new StandInPrograms();
    for (const name of ['localectl', 'timedatectl', 'busctl']) programs.add(name, `echo ${name} "$@" >> $FOLDER/asked`);
    folder = mkdtempSync(join(tmpdir(), 'givc-settings-'));
  });
  afterEach(async () => {
    await system.close();
    programs.remove();
    rmSync(folder, { recursive: true });
  });

  it('reach every agent, and are saved', async () => {
    await start();
    const agents = await startAgents('net-vm', 'gui-vm');
    await system.client().setLocale({ assignments: [...finnish.assignments, { key: LC_ALL, value: '' }] });
    await system.client().setLocale({ assignments: [{ key: LC_TIME, value: 'de_AT.UTF-8' }] });
    await system.client().setTimezone({ Timezone: 'Europe/Helsinki' });
    for (const { systemd } of agents)
      expect(systemd.environment).toEqual({ LANG: 'fi_FI.UTF-8', LC_TIME: 'de_AT.UTF-8' });
    expect(programs.read('asked').match(/timedatectl --no-ask-password set-timezone Europe\/Helsinki\n/g)).toHaveLength(
      2,
    );
    expect(kept('locale.conf')).toBe('LANG=fi_FI.UTF-8\nLC_ALL=\nLC_TIME=de_AT.UTF-8\n');
    expect(kept('timezone.conf')).toBe('Europe/Helsinki\n');
    expect(readdirSync(folder).sort()).toEqual(['locale.conf', 'timezone.conf']);
    expect(system.admin.record.lines.filter(({ rpc }) => rpc?.endsWith('/SetLocale'))[0]).toMatchObject({
      request: { LANG: 'fi_FI.UTF-8', LC_ALL: '' },
    });
  });

  it('are set by the other agents when one fails, and the error names it', async () => {
    await start();
    const [netVm, guiVm] = await startAgents('net-vm', 'gui-vm');
    netVm!.systemd.goAway();
    await expect(system.client().setLocale(finnish)).rejects.toMatchObject({
      message: expect.stringMatching(/^the locale is set, except in 1 of \d VMs: net-vm \(.*systemd has left the bus/),
    });
    expect(guiVm!.systemd.environment).toEqual({ LANG: 'fi_FI.UTF-8' });
    await guiVm!.close();
    await system.until((list) => list.some(({ VmName, VmStatus }) => VmName === 'gui-vm' && VmStatus === 'PoweredOff'));
    await expect(system.client().setTimezone({ Timezone: 'UTC' })).rejects.toMatchObject({
      reason: 'UNAVAILABLE',
      message:
        'the timezone is set, except in 1 of 2 VMs: gui-vm (the agent is lost; it gets the setting when it is back)',
      info: { reason: 'NOT_SET_EVERYWHERE', metadata: { vms: 'gui-vm', of: '2' } },
    });
  });

  it('end the command line with status 4, and the names of the VMs, when they fail in some', async () => {
    system = await TestSystem.start({ tls: false, settingsDirectory: folder });
    const [netVm] = await startAgents('net-vm', 'gui-vm');
    expect(await cli(system, 'set-timezone', 'UTC')).toMatchObject({ status: 0, err: '' });
    await netVm!.close();
    await system.until((list) => list.some(({ VmName, VmStatus }) => VmName === 'net-vm' && VmStatus === 'PoweredOff'));
    expect(await cli(system, 'set-timezone', 'UTC')).toEqual({
      status: 4,
      out: '',
      err: expect.stringMatching(/^givc-cli: the timezone is set, except in 1 of 2 VMs: net-vm \(.*\)\n$/),
    });
    expect(await cli(system, 'set-timezone', 'Europe/Nowhere')).toMatchObject({ status: 1 });
  });

  it('may be lines of locale.conf, whose unknown variables are left out with a note', async () => {
    system = await TestSystem.start({ tls: false, settingsDirectory: folder });
    const lines = '# ours\nLANG="fi_FI.UTF-8"\n\nLANGUAGE=fi:en\nLC_TIME=de_AT.UTF-8\n';
    expect(await cli(system, 'set-locale', lines)).toEqual({
      status: 0,
      out: 'Set LANG=fi_FI.UTF-8 LC_TIME=de_AT.UTF-8.\n',
      err: 'givc-cli: unknown variable LANGUAGE: it is left out\n',
    });
    expect(kept('locale.conf')).toBe('LANG=fi_FI.UTF-8\nLC_TIME=de_AT.UTF-8\n');
  });

  it.each(agentImplementations)(
    'are sent to %s that registers later, and again after it was unreachable',
    async (_title, startAgent) => {
      await start({ 'locale.conf': 'LANG=fi_FI.UTF-8\n', 'timezone.conf': 'Europe/Helsinki\n' });
      for (let registrations = 0; registrations < 2; registrations++) {
        const agent = await startAgent(system, 'net-vm');
        await agent.record.next('OK');
        await agent.record.next('OK');
        expect(asked(agent).sort()).toEqual([
          ['LocaleSet', { LANG: 'fi_FI.UTF-8' }],
          ['TimezoneSet', { Timezone: 'Europe/Helsinki' }],
        ]);
        await agent.close();
      }
    },
  );

  it('are sent to an agent of the original implementation as soon as it answers again, including changes meanwhile', async () => {
    await start();
    const agent = await startOldAgent(system, 'net-vm');
    await system.untilRegistered('net-vm');
    await system.client().setLocale(finnish);
    const release = agent.hang();
    await system.until((list) => list.some(({ VmStatus }) => VmStatus === 'PoweredOff'));
    await expect(system.client().setTimezone({ Timezone: 'UTC' })).rejects.toMatchObject({ reason: 'UNAVAILABLE' });
    release();
    while (!asked(agent).some(([rpc]) => rpc === 'TimezoneSet')) await agent.record.next('OK');
    expect(asked(agent).at(-1)).toEqual(['TimezoneSet', { Timezone: 'UTC' }]);
  });

  it('are not sent again to an agent that registers again, until its machine has booted again', async () => {
    await start({ 'timezone.conf': 'Europe/Helsinki\n' });
    const agent = await silentAgent();
    const client = system.client('net-vm');
    await client.registerService(requestOf(agent));
    await agent.record.next('OK');
    for (let times = 0; times < 5; times++) await client.registerService(requestOf(agent));
    await client.setTimezone({ Timezone: 'UTC' });
    await agent.record.next('OK');
    expect(asked(agent)).toEqual([
      ['TimezoneSet', { Timezone: 'Europe/Helsinki' }],
      ['TimezoneSet', { Timezone: 'UTC' }],
    ]);
    for (const boot_id of ['one', 'two']) {
      const stream = system.channel(system.admin, 'net-vm').duplex(report.ReportsService.report, {});
      stream.on('error', () => undefined);
      const versions = { protocol_version: 1, agent_version: '0.1.0' };
      const snapshot = { agent: requestOf(agent), entries: [], heartbeat_interval_ms: 60_000, boot_id, ...versions };
      stream.write({ message: { $case: 'snapshot', value: snapshot } });
      await agent.record.next('OK');
    }
    expect(asked(agent)).toHaveLength(4);
  });

  it('are read from damaged files as far as possible, with a warning', async () => {
    await start({
      'locale.conf': '# ours\n\nLANG=fi_FI.UTF-8\nLD_PRELOAD=/tmp/x.so\nLC_TIME=$(reboot)\nnonsense\nLC_PAPER=C',
      'timezone.conf': '../../etc/passwd\n',
    });
    const [agent] = await startAgents('net-vm');
    await agent!.record.next('OK');
    expect(agent!.systemd.environment).toEqual({ LANG: 'fi_FI.UTF-8', LC_PAPER: 'C' });
    const damage = system.admin.lines.filter((line) => line.includes('a damaged line is ignored'));
    expect(damage.map((line) => /line \d/.exec(line)?.[0]).sort()).toEqual(['line 1', 'line 4', 'line 5', 'line 6']);
  });

  it.each([
    'Europe/Nowhere',
    'Europe',
    'zone.tab',
    'tzdata.zi',
    'localtime',
    'posixrules',
    'right/UTC',
    '../zoneinfo/UTC',
    '/etc/localtime',
    '',
  ])('reject the timezone %j', async (Timezone) => {
    await start();
    await expect(system.client().setTimezone({ Timezone })).rejects.toMatchObject({
      reason: 'INVALID_ARGUMENT',
      message: expect.stringMatching(/^Timezone: /),
    });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('reject an invalid locale, also from an admin', async () => {
    await start();
    const [agent] = await startAgents('net-vm');
    const assignments = [{ key: LANG, value: 'fi_FI.UTF-8\nLD_PRELOAD=/x' }];
    const refusal = { reason: 'INVALID_ARGUMENT', message: expect.stringMatching(/^assignments\[0\]\.value: /) };
    await expect(system.client().setLocale({ assignments })).rejects.toMatchObject(refusal);
    const { localeSet, timezoneSet } = locale.LocaleClientService;
    await expect(system.channel(agent!).unary(localeSet, { assignments })).rejects.toMatchObject(refusal);
    await expect(system.channel(agent!).unary(timezoneSet, { Timezone: '--help' })).rejects.toMatchObject({
      reason: 'INVALID_ARGUMENT',
    });
  });

  it('are not set when they cannot be saved', async () => {
    await start();
    rmSync(folder, { recursive: true });
    const [agent] = await startAgents('net-vm');
    await expect(system.client().setLocale(finnish)).rejects.toMatchObject({
      reason: 'FAILED_PRECONDITION',
      message: expect.stringContaining('locale.conf cannot be written, so nothing is set'),
    });
    expect(agent!.systemd.environment).toEqual({});
    folder = mkdtempSync(join(tmpdir(), 'givc-settings-'));
  });
});
