// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import dbus from 'dbus-next';
import { Variant } from '@givc/dbus';
import type { UnitName } from '@givc/model';
import { DbusSystemd } from '@givc/systemd';
import { TestBus } from '../support/test-bus.js';

const name = 'org.freedesktop.systemd1';
const manager = { path: '/org/freedesktop/systemd1', interface: `${name}.Manager` };
const ofBus = 'org.freedesktop.DBus';
const busDaemon = { destination: ofBus, path: '/org/freedesktop/DBus', interface: ofBus };
const web = 'web.service' as UnitName;
const row = [web, 'Web', 'loaded', 'inactive', 'dead', '', '/unit', 0, '', '/'];

/** A systemd with one unit, which leaves the bus as soon as a job has ended. */
class LeavingSystemd {
  private constructor(
    private readonly bus: dbus.MessageBus,
    private readonly result: string,
  ) {}

  static async start({ address }: TestBus, result: string): Promise<LeavingSystemd> {
    const bus = dbus.sessionBus({ busAddress: address });
    const systemd = new LeavingSystemd(bus, result);
    bus.addMethodHandler((message: dbus.Message) => systemd.#answer(message));
    await bus.requestName(name, 0);
    return systemd;
  }

  /** Whether a method call is answered: always. */
  #answer(message: dbus.Message): true {
    const { member } = message;
    const reply = (signature?: string, ...answer: unknown[]): void =>
      this.bus.send(dbus.Message.newMethodReturn(message, signature, answer));
    if (member === 'ListUnitsByNames') reply('a(ssssssouso)', [row]);
    else if (member === 'Get') reply('v', new Variant('s', 'running'));
    else if (member === 'StartUnit') {
      reply('o', '/job/1');
      void this.#end((message.body as unknown[])[0]);
    } else reply();
    return true;
  }

  async #end(unit: unknown): Promise<void> {
    // When the bus has answered another call, the caller has read the reply.
    await this.bus.call(new dbus.Message({ ...busDaemon, member: 'GetId' }));
    const body = [1, '/job/1', unit, this.result];
    this.bus.send(dbus.Message.newSignal(manager.path, manager.interface, 'JobRemoved', 'uoss', body));
    await this.bus.releaseName(name);
  }
}

describe('a systemd that leaves the bus right after the end of a start job', () => {
  const bus = new TestBus();
  let systemd: DbusSystemd;
  beforeAll(() => bus.start());
  afterEach(() => systemd.close());
  afterAll(async () => {
    await bus.stop();
    bus.remove();
  });
  const startUnit = async (result: string) => {
    await LeavingSystemd.start(bus, result);
    systemd = await DbusSystemd.connect({ address: bus.address });
    return systemd.startUnit(web);
  };

  it('makes a canceled job a failure of the unit, although its result cannot be read', async () => {
    await expect(startUnit('canceled')).rejects.toMatchObject({
      reason: 'FAILED_PRECONDITION',
      message: 'the start job of unit "web.service" ended as "canceled"',
    });
  });

  it('does not make a finished job look as if systemd had been absent', async () => {
    await expect(startUnit('done')).rejects.toMatchObject({
      reason: 'UNAVAILABLE',
      info: { reason: 'JOB_ACCEPTED' },
    });
  });
});
