// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import dbus from 'dbus-next';
import type { UnitName } from '@givc/model';
import { DbusSystemd } from './dbus-systemd.js';

const unit = 'web.service' as UnitName;
const path = '/org/freedesktop/systemd1/unit/web_2eservice';
const properties = 'org.freedesktop.DBus.Properties';

/** The objects of a service manager with one unit, on a bus of its own. */
class Manager extends dbus.interface.Interface {
  readonly calls: string[] = [];
  state: readonly [active: string, sub: string] = ['active', 'running'];
  /** The states that the next job signals before its end. */
  signalled: (readonly [active: string, sub: string])[] = [];

  constructor(private readonly bus: dbus.MessageBus) {
    super('org.freedesktop.systemd1.Manager');
  }

  Subscribe(): void {}

  ListUnitsByNames(): unknown[] {
    this.calls.push('ListUnitsByNames');
    return [[unit, 'A web server', 'loaded', ...this.state, '', path, 0, '', '/']];
  }

  StartUnit(): string {
    return this.#job('StartUnit');
  }

  RestartUnit(): string {
    return this.#job('RestartUnit');
  }

  JobRemoved(id: number, job: string, name: string, result: string): unknown[] {
    return [id, job, name, result];
  }

  signal([active, sub]: readonly [active: string, sub: string]): void {
    this.state = [active, sub];
    const changed = {
      ActiveState: new dbus.Variant('s', active),
      SubState: new dbus.Variant('s', sub),
      FreezerState: new dbus.Variant('s', 'running'),
    };
    const body = ['org.freedesktop.systemd1.Unit', changed, []];
    this.bus.send(dbus.Message.newSignal(path, properties, 'PropertiesChanged', 'sa{sv}as', body));
  }

  #job(member: string): string {
    this.calls.push(member);
    for (const state of this.signalled) this.signal(state);
    const job = `/org/freedesktop/systemd1/job/${this.calls.length}`;
    this.JobRemoved(this.calls.length, job, unit, 'done');
    return job;
  }
}
Manager.configureMembers({
  methods: {
    Subscribe: { inSignature: '', outSignature: '' },
    ListUnitsByNames: { inSignature: 'as', outSignature: 'a(ssssssouso)' },
    StartUnit: { inSignature: 'ss', outSignature: 'o' },
    RestartUnit: { inSignature: 'ss', outSignature: 'o' },
  },
  signals: { JobRemoved: { signature: 'uoss' } },
});

class Unit extends dbus.interface.Interface {
  FreezerState = 'running';

  constructor() {
    super('org.freedesktop.systemd1.Unit');
  }
}
Unit.configureMembers({ properties: { FreezerState: { signature: 's' } } });

describe('the start of a unit', () => {
  let daemon: ChildProcess;
  let bus: dbus.MessageBus;
  let manager: Manager;
  let systemd: DbusSystemd;

  beforeEach(async () => {
    daemon = spawn('dbus-daemon', ['--session', '--nofork', '--nopidfile', '--print-address'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const address = String((await once(daemon.stdout!, 'data'))[0]).trim();
    bus = dbus.sessionBus({ busAddress: address });
    manager = new Manager(bus);
    bus.export('/org/freedesktop/systemd1', manager);
    bus.export(path, new Unit());
    await bus.requestName('org.freedesktop.systemd1', 0);
    systemd = await DbusSystemd.connect({ bus: 'session', address });
  });
  afterEach(async () => {
    await systemd.close();
    bus.disconnect();
    daemon.kill();
    await once(daemon, 'exit');
  });

  const watch = async (): Promise<void> => {
    await systemd.watchUnit(unit, () => undefined);
    manager.calls.length = 0;
  };

  it('is one call of systemd for a watched unit that is active', async () => {
    await watch();
    manager.signalled = [['active', 'running']];
    expect(await systemd.startUnit(unit)).toEqual({
      Name: unit,
      Description: 'A web server',
      LoadState: 'loaded',
      ActiveState: 'active',
      SubState: 'running',
      FreezerState: 'running',
      Path: path,
    });
    expect(manager.calls).toEqual(['StartUnit']);
  });

  it('requests the state before it for a watched unit that is down, because its file may be gone', async () => {
    manager.state = ['inactive', 'dead'];
    await watch();
    manager.signalled = [
      ['activating', 'start'],
      ['active', 'running'],
    ];
    expect(await systemd.startUnit(unit)).toMatchObject({ ActiveState: 'active', SubState: 'running' });
    expect(manager.calls).toEqual(['ListUnitsByNames', 'StartUnit']);
  });

  it('requests the state after it when systemd has not signalled that the unit is active', async () => {
    await watch();
    expect(await systemd.startUnit(unit)).toMatchObject({ SubState: 'running' });
    expect(manager.calls).toEqual(['StartUnit', 'ListUnitsByNames']);
    manager.calls.length = 0;
    manager.signalled = [['reloading', 'reload']];
    expect(await systemd.startUnit(unit)).toMatchObject({ ActiveState: 'reloading' });
    expect(manager.calls).toEqual(['StartUnit', 'ListUnitsByNames']);
  });

  it('restarts a watched unit that is active without a process', async () => {
    manager.state = ['active', 'exited'];
    await watch();
    manager.signalled = [
      ['activating', 'start'],
      ['active', 'exited'],
    ];
    expect(await systemd.startUnit(unit)).toMatchObject({ SubState: 'exited' });
    expect(manager.calls).toEqual(['RestartUnit']);
  });

  it('requests the state before and after it for a unit that is not watched', async () => {
    manager.signalled = [['active', 'running']];
    expect(await systemd.startUnit(unit)).toMatchObject({ SubState: 'running' });
    expect(manager.calls).toEqual(['ListUnitsByNames', 'StartUnit', 'ListUnitsByNames']);
  });
});
