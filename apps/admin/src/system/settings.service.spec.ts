// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GivcError, parseLocaleAssignments, parseTimezone } from '@givc/model';
import { FakeAgents } from '../agents/agents.fixture.js';
import { agentEntry, agentRegistration, newRegistry, unitRegistration, vmNamed } from '../registry/registry.fixture.js';
import { keyOf } from '../registry/registry-entry.js';
import type { PresenceService } from '../presence/presence.service.js';
import type { RegistrationService } from '../registration/registration.service.js';
import type { RegistryStore } from '../registry/registry-store.js';
import { SettingsService } from './settings.service.js';

const [netVm, guiVm] = [vmNamed('net-vm'), vmNamed('gui-vm')];
const finnish = parseLocaleAssignments([{ key: 0, value: 'fi_FI.UTF-8' }]);
const swedish = parseLocaleAssignments([{ key: 0, value: 'sv_SE.UTF-8' }]);
const helsinki = parseTimezone('Timezone', 'Europe/Helsinki');
const stockholm = parseTimezone('Timezone', 'Europe/Stockholm');

describe.each<['locale' | 'timezone', string, object, string, string]>([
  [
    'locale',
    '/locale.LocaleClient/LocaleSet',
    { assignments: [{ key: 0, value: 'fi_FI.UTF-8' }] },
    'locale.conf',
    'LANG=fi_FI.UTF-8\n',
  ],
  [
    'timezone',
    '/locale.LocaleClient/TimezoneSet',
    { Timezone: 'Europe/Helsinki' },
    'timezone.conf',
    'Europe/Helsinki\n',
  ],
])('the setting %s', (setting, path, request, file, text) => {
  let folder: string;
  let registration: RegistrationService;
  let presence: PresenceService;
  let store: RegistryStore;
  let agents: FakeAgents;
  let settings: SettingsService;
  let lines: string[];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'givc-settings-'));
    const localeFile = join(folder, 'locale.conf');
    const timezoneFile = join(folder, 'timezone.conf');
    const config = { localeFile, timezoneFile, zoneDatabase: '/usr/share/zoneinfo' };
    const made = newRegistry();
    ({ registration, store, presence, lines } = made);
    agents = new FakeAgents(() => new Promise(() => undefined));
    agents.answerCall = () => Promise.resolve({});
    settings = new SettingsService(config, store, made.log, presence, agents.connections);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const callOf = (caller: string) => ({ caller, signal: new AbortController().signal });
  const set = (caller = 'gui-vm') =>
    setting === 'locale' ? settings.setLocale(finnish, callOf(caller)) : settings.setTimezone(helsinki, callOf(caller));
  const register = (name = 'net-vm', bootId?: string, reports = true) =>
    registration.register(agentRegistration(name, bootId === undefined ? {} : { bootId }), {
      peer: undefined,
      reports,
    });
  const settled = async () => {
    for (let n = 0; n < 20; n++) await Promise.resolve();
  };
  /** The machines that were sent this setting since the previous check. */
  const sent = async () => {
    await settled();
    return agents.calls
      .splice(0)
      .filter((call) => call.path === path)
      .map(({ vm }) => vm);
  };
  const away = new GivcError('UNAVAILABLE', 'away');

  it('is rejected when its caller has two open changes, while another caller is served', async () => {
    store.put(agentEntry('net-vm'));
    const answers: (() => void)[] = [];
    agents.answerCall = () => new Promise((resolve) => answers.push(() => resolve({})));
    // Any of the three may be rejected, depending on the time that each lookup of a zone takes.
    const changes = [set('evil-vm'), set('evil-vm'), set('evil-vm')];
    await expect(Promise.all(changes)).rejects.toMatchObject({
      reason: 'RESOURCE_EXHAUSTED',
      message: 'settings: 2 calls of one caller may be open; wait until the earlier changes are done',
    });
    const open = [...changes.map((change) => change.catch(() => undefined)), set('gui-vm')];
    while (answers.length < 1) await new Promise<void>((resolve) => setImmediate(resolve));
    const all = Promise.all(open);
    let isDone = false;
    void all.then(() => (isDone = true));
    while (!isDone) {
      for (const answer of answers.splice(0)) answer();
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
    await all;
  });

  it('is sent to every agent with a deadline of 35 s', async () => {
    store.put(agentEntry('net-vm'));
    store.put(agentEntry('gui-vm'));
    await set();
    expect(agents.calls).toEqual(
      ['net-vm', 'gui-vm'].map((vm) => ({ vm, path, request, settings: { deadlineMs: 35_000 } })),
    );
  });

  it('is read from a file with a byte order mark and CRLF line ends', async () => {
    const comment = setting === 'locale' ? '# made by hand\r\n' : '';
    writeFileSync(join(folder, file), `\ufeff${comment}${text.replaceAll('\n', '\r\n')}`);
    await settings.onModuleInit();
    register();
    expect(await sent()).toEqual(['net-vm']);
    expect(agents.calls).toEqual([]);
    expect(lines.filter((line) => line.includes('damaged'))).toEqual([]);
  });

  it('is sent to an agent that registers later, even when it was set before the admin started', async () => {
    writeFileSync(join(folder, file), text);
    await settings.onModuleInit();
    register();
    expect(await sent()).toEqual(['net-vm']);
    expect(agents.calls).toEqual([]);
  });

  it('is not sent while it is unset', async () => {
    await settings.onModuleInit();
    register();
    expect(await sent()).toEqual([]);
  });

  it('is sent again to an agent that has booted or was lost, and not to one that repeats its registration', async () => {
    await set();
    register('net-vm', 'one');
    expect(await sent()).toEqual(['net-vm']);
    register('net-vm', 'one');
    registration.register(unitRegistration('net-vm', 'web.service'), { peer: undefined, reports: true });
    expect(await sent()).toEqual([]);
    register('net-vm', 'two');
    expect(await sent()).toEqual(['net-vm']);
    presence.handle(netVm, { kind: 'streamEnded' });
    register('net-vm', 'two');
    expect(await sent()).toEqual(['net-vm']);
  });

  it('is sent once to an agent that was unreachable, as soon as it is reachable', async () => {
    store.put(agentEntry('net-vm'));
    agents.answerCall = () => Promise.reject(away);
    await expect(set()).rejects.toMatchObject({ reason: 'UNAVAILABLE' });
    expect(await sent()).toEqual(['net-vm']);
    agents.answerCall = () => Promise.resolve({});
    agents.become(netVm, 'CONNECTING');
    expect(await sent()).toEqual([]);
    agents.become(netVm, 'READY');
    expect(await sent()).toEqual(['net-vm']);
    agents.become(netVm, 'READY');
    expect(await sent()).toEqual([]);
  });

  it('is sent to an agent that was lost and does not report as soon as it is back', async () => {
    store.put(agentEntry('net-vm', { presence: { state: 'lost', reason: '' } }));
    await expect(set()).rejects.toMatchObject({ reason: 'UNAVAILABLE' });
    expect(await sent()).toEqual([]);
    store.put(agentEntry('gui-vm'));
    presence.handle(guiVm, { kind: 'missed', reason: '' });
    expect(await sent()).toEqual([]);
    presence.handle(netVm, { kind: 'answered' });
    expect(await sent()).toEqual(['net-vm']);
  });

  it('is not sent to a machine that has left the registry', async () => {
    store.put(agentEntry('net-vm', { presence: { state: 'lost', reason: '' } }));
    await expect(set()).rejects.toMatchObject({ reason: 'UNAVAILABLE' });
    store.remove(keyOf(agentEntry('net-vm')));
    agents.become(netVm, 'READY');
    expect(await sent()).toEqual([]);
  });

  it.each([
    ['debug', new GivcError('UNAVAILABLE', 'away')],
    ['debug', new GivcError('NOT_FOUND', 'gone')],
    ['warn', new GivcError('PERMISSION_DENIED', 'it may not')],
  ])('is logged as %s when an agent did not accept it at its registration', async (level, error) => {
    await set();
    agents.answerCall = (call) => (call.path === path ? Promise.reject(error) : Promise.resolve({}));
    register();
    await settled();
    expect(lines.filter((line) => line.includes('not set'))).toEqual([
      expect.stringMatching(new RegExp(`^${level}: ${setting} not set vm=net-vm error=`)),
    ]);
  });

  describe('that no machine accepts', () => {
    const rejected = new GivcError('FAILED_PRECONDITION', 'not installed');
    const kept = () => readFileSync(join(folder, file), 'utf8');

    it('keeps its earlier value, and is not sent to a machine that registers later', async () => {
      await set();
      store.put(agentEntry('net-vm'));
      store.put(agentEntry('gui-vm', { presence: { state: 'lost', reason: '' } }));
      agents.answerCall = () => Promise.reject(rejected);
      const other =
        setting === 'locale'
          ? settings.setLocale(swedish, callOf('host'))
          : settings.setTimezone(stockholm, callOf('host'));
      await expect(other).rejects.toMatchObject({
        reason: 'FAILED_PRECONDITION',
        message: expect.stringMatching(new RegExp(`^the ${setting} is not set, because no VM accepted it: net-vm \\(`)),
        info: { reason: 'NOT_SET_ANYWHERE' },
      });
      expect(kept()).toBe(text);
      agents.calls.length = 0;
      register('app-vm');
      await settled();
      expect(agents.calls).toMatchObject([{ vm: 'app-vm', path, request }]);
    });

    it('stays unset when it was not set before', async () => {
      store.put(agentEntry('net-vm'));
      agents.answerCall = () => Promise.reject(rejected);
      await expect(set()).rejects.toMatchObject({ reason: 'FAILED_PRECONDITION' });
      expect(kept()).toBe('');
      await sent();
      register('app-vm');
      expect(await sent()).toEqual([]);
    });

    it('takes effect when one machine accepts it', async () => {
      store.put(agentEntry('net-vm'));
      store.put(agentEntry('gui-vm'));
      agents.answerCall = ({ vm }) => (vm === netVm ? Promise.reject(rejected) : Promise.resolve({}));
      await expect(set()).rejects.toMatchObject({ info: { reason: 'NOT_SET_EVERYWHERE' } });
      expect(kept()).toBe(text);
      await sent();
      register('app-vm');
      expect(await sent()).toEqual(['app-vm']);
    });
  });
});
