// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { CommandFactory } from 'nest-commander';
import { CliModule } from '../cli.module.js';
import { CompleteCommand } from '../commands/complete.command.js';
import { reportedMachine } from '../machines/reported-machine.fixture.js';
import { registryItem } from '../registry/registry-item.fixture.js';
import type { Command } from '../usage/usage.js';
import { candidateLines } from './candidates.js';
import type { Line } from './line.js';
import { placeholderOf, placeholders } from './placeholders.js';

const item = (name: string, VmName: string, ServiceType = 'Svc') =>
  registryItem(name, { VmType: 'AppVM', VmName, ServiceType });
const items = [item('web.service', 'net-vm'), item('web2.service', 'gui-vm'), item('clock@0.service', 'gui-vm', 'App')];

const machines = [
  reportedMachine('gui-vm', ['clock', 'calculator']),
  reportedMachine('app-vm', ['chromium', 'clock', '$(id)']),
  reportedMachine('old-vm'),
];

describe('the completion of a line', () => {
  let root: Command;
  let asked: Line['options'][];
  /** Whether the machines were requested, too. */
  let askedMachines: boolean[];

  beforeAll(async () => {
    const app = await CommandFactory.createWithoutRunning(CliModule, { logger: false, version: '1' });
    root = app.get<CompleteCommand, { command: Command }>(CompleteCommand).command.parent!;
  });
  beforeEach(() => {
    asked = [];
    askedMachines = [];
  });

  const lines = (...words: string[]) =>
    candidateLines(root, words, (options, needsMachines) => {
      asked.push(options);
      askedMachines.push(needsMachines);
      return Promise.resolve({ items, ...(needsMachines && { machines }) });
    });
  const words = async (...typed: string[]) => (await lines(...typed)).map((line) => line.split('\t')[0]);

  it('offers commands with their descriptions, but not the hidden ones', async () => {
    expect(await lines('start', '')).toEqual([
      expect.stringMatching(/^app\tStarts /),
      expect.stringMatching(/^vm\tBoots /),
      expect.stringMatching(/^service\tStarts /),
    ]);
    expect(await words('')).not.toContain('complete');
    expect(await words('comp')).toEqual(['completion']);
    expect(await words('polic')).toEqual(['policy']);
  });

  it.each([
    [['sta'], ['start', 'status']],
    [['query', '--as'], ['--as-json']],
    [['query', '--not'], ['--notls']],
    [['certs', 'show', '--n'], []],
    [['wait', 'web.service', '--state', 's'], ['stopped']],
    [['wait', 'web.service', '--state=s'], ['--state=stopped']],
    [['set-timezone', 'Europe/Hels'], ['Europe/Helsinki']],
    [['policy', 'test', 'a', '--call', 'admin.AdminService/Query'], ['admin.AdminService/QueryList']],
    [['policy', 'why', 'a', '--rec'], ['--record']],
    [['policy', 'why', 'a', '--record', ''], ['<file>']],
    [['--cacert', ''], ['<file>']],
    [['--cacert=ca/c'], ['<file>']],
    [['policy', 'check', '--schema', ''], ['<file>']],
    [['policy', 'check', '--schema', '--fo'], ['--for']],
    [['certs', 'verify', ''], ['<folder>']],
    [['frobnicate', ''], []],
    [['start', 'frobnicate', ''], []],
    [['--nope', 'start', 'v'], ['vm']],
    [['query', '--notls=x'], []],
    [['--', 'start', 'v'], ['vm']],
    [['exec', 'net-vm', '--', '--'], []],
    [[], expect.arrayContaining(['start', 'query'])],
  ])('offers after %j the words %j without a call to the admin', async (typed, offered) => {
    expect(await words(...typed)).toEqual(offered);
    expect(asked).toEqual([]);
  });

  it('offers options when no argument is left', async () => {
    expect(await words('get-stats', 'net-vm', '')).toEqual(expect.arrayContaining(['--as-json', '--help', '--addr']));
  });

  it.each([
    [
      ['start', 'vm', ''],
      ['gui-vm', 'net-vm'],
    ],
    [['start', 'vm', 'n'], ['net-vm']],
    [['wait', 'web.service', '--vm', 'n'], ['net-vm']],
    [['wait', 'web.service', '--vm=n'], ['--vm=net-vm']],
    [
      ['wait', 'w'],
      ['web.service', 'web2.service'],
    ],
    [['start', 'service', '--vm', 'net-vm', 'w'], ['web.service']],
    [['start', 'service', '--vm=net-vm', 'w'], ['web.service']],
    [['get-status', 'gui-vm', 'w'], ['web2.service']],
    [['query', '--by-name', 'web.service', 'web2'], ['web2.service']],
    [
      ['restart', 'app', ''],
      ['clock@0.service', 'clock@'],
    ],
    [['pause', 'clock@0'], ['clock@0.service']],
    [
      ['start', 'app', ''],
      ['clock', 'calculator', 'chromium'],
    ],
    [
      ['start', 'app', '--vm', 'app-vm', 'c'],
      ['chromium', 'clock'],
    ],
    [['start', 'app', '--vm', 'old-vm', ''], []],
    [['start', 'app', 'cal'], ['calculator']],
    [['exec', '--', 'n'], ['net-vm']],
  ])('offers after %j the names %j of the registry', async (typed, offered) => {
    expect(await words(...typed)).toEqual(offered);
    expect(asked).toHaveLength(1);
  });

  it('offers applications with the machines that have them, whether they run or not', async () => {
    expect(await lines('start', 'app', 'c')).toEqual([
      'clock\tgui-vm, app-vm',
      'calculator\tgui-vm',
      'chromium\tapp-vm',
    ]);
  });

  it('requests the machines only for applications', async () => {
    await lines('start', 'app', '');
    await lines('start', 'vm', '');
    await lines('pause', '');
    expect(askedMachines).toEqual([true, false, false]);
  });

  it('requests the registry from the admin that the line names, wherever its options are', async () => {
    await lines('--port', '1', 'start', '--addr=::1', 'vm', '--notls', '--name', '--', 'n');
    expect(asked).toEqual([{ port: '1', addr: '::1', notls: true, name: '--' }]);
  });

  it('has a source of values, or none, for each argument and option of each command', () => {
    const freeText = [
      ...['address', 'args', 'cid:port', 'command', 'days', 'domain', 'event', 'host', 'icon', 'id', 'interface'],
      ...['json', 'key=value', 'locale', 'message', 'method', 'name', 'number', 'path', 'pin', 'port', 'seconds'],
      ...['size', 'ssid', 'title', 'token', 'user', 'words'],
    ];
    const unknown: string[] = [];
    const met = new Set<string>();
    const look = (command: Command) => {
      for (const { flags, argChoices, required, optional } of command.options)
        if ((required || optional) && !argChoices) met.add(placeholderOf(flags));
      for (const argument of command.registeredArguments) met.add(argument.name());
      command.commands.forEach(look);
    };
    look(root);
    for (const one of met) if (!Object.hasOwn(placeholders, one) && !freeText.includes(one)) unknown.push(one);
    expect(unknown).toEqual([]);
    expect(freeText.filter((one) => !met.has(one))).toEqual([]);
    expect(Object.keys(placeholders).filter((one) => !met.has(one))).toEqual([]);
  });
});
