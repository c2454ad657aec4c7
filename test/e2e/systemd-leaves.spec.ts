// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { once } from 'node:events';
import createConnection, { type Connection, type WireMessage } from 'dbus-next/lib/connection.js';
import { Variant } from '@givc/dbus';
import type { UnitName } from '@givc/model';
import { DbusSystemd } from '@givc/systemd';
import { TestBus } from '../support/test-bus.js';

const name = 'org.freedesktop.systemd1';
const manager = { path: '/org/freedesktop/systemd1', interface: `${name}.Manager` };
const web = 'web.service' as UnitName;
const row = [web, 'Web', 'loaded', 'inactive', 'dead', '', '/unit', 0, '', '/'];

/** A systemd of one unit, which leaves the bus as soon as a job has ended. */
class LeavingSystemd {
  #serial = 0;

  private constructor(
    private readonly bus: Connection,
    private readonly result: string,
  ) {}

  static async start(bus: TestBus, result: string): Promise<LeavingSystemd> {
    const connection = createConnection({ busAddress: `unix:socket=${bus.folder}/bus` });
    const systemd = new LeavingSystemd(connection, result);
    const owned = once(connection, 'owned');
    connection.on('message', (message) => {
      if (message.type === 1) systemd.#answer(message);
      if (message.type === 2) connection.emit(message.signature === 'u' ? 'owned' : 'pong');
    });
    systemd.#callBus('Hello');
    systemd.#callBus('RequestName', 'su', [name, 0]);
    await owned;
    return systemd;
  }

  #answer({ sender, serial, member, body = [] }: WireMessage): void {
    const reply = (signature?: string, ...answer: unknown[]): void =>
      this.#send({
        type: 2,
        destination: sender!,
        replySerial: serial!,
        ...(signature && { signature, body: answer }),
      });
    if (member === 'ListUnitsByNames') return reply('a(ssssssouso)', [row]);
    if (member === 'Get') return reply('v', new Variant('s', 'running'));
    if (member !== 'StartUnit') return reply();
    reply('o', '/job/1');
    // The caller has read the reply by the time that the bus has answered another call.
    this.#callBus('GetId');
    this.bus.once('pong', () => this.#end(body[0]));
  }

  #end(unit: unknown): void {
    this.#send({
      type: 4,
      ...manager,
      member: 'JobRemoved',
      signature: 'uoss',
      body: [1, '/job/1', unit, this.result],
    });
    this.#callBus('ReleaseName', 's', [name]);
  }

  #callBus(member: string, signature?: string, body?: unknown[]): void {
    const bus = 'org.freedesktop.DBus';
    const call = { destination: bus, path: '/org/freedesktop/DBus', interface: bus, member };
    this.#send({ type: 1, flags: 0, ...call, ...(signature && { signature, body }) });
  }

  #send(message: Omit<WireMessage, 'serial'>): void {
    this.bus.message({ flags: 1, ...message, serial: ++this.#serial });
  }
}

describe('systemd that leaves the bus right after the end of a start job', () => {
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

  it('leaves a canceled job a failure of the unit, although its result cannot be read', async () => {
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
