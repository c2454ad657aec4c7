// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { AdminClient, type WatchEvent } from '@givc/client';
import type { UnitName } from '@givc/model';
import { identityOf, SeveredConnections, TestSystem, type TestAgent } from '@givc/testing';
import { OldAdmin } from '../support/old-admin.js';

const units = ['a', 'b', 'c'].map((name) => `${name}.service` as UnitName);

/** The state of a reader of a watch, event by event; throws when an event does not fit the earlier ones. */
class Reader {
  readonly known = new Map<string, string>();
  lists = 0;
  #isConnected = false;

  take(event: WatchEvent): void {
    if (event.type === 'disconnected') return void (this.#isConnected = false);
    if (event.type === 'list') {
      if (this.#isConnected) throw new Error('a second list over one connection');
      this.#isConnected = true;
      this.lists += 1;
      this.known.clear();
      for (const { Name, VmStatus } of event.items) this.known.set(Name, VmStatus);
      return;
    }
    const { Name, VmStatus } = event.item;
    if (!this.#isConnected) throw new Error(`${event.type} ${Name} before a list`);
    if (this.known.has(Name) !== (event.type !== 'added')) throw new Error(`${event.type} ${Name} out of order`);
    if (event.type === 'updated' && this.known.get(Name) === VmStatus)
      throw new Error(`${Name} is ${VmStatus} for the second time`);
    if (event.type === 'removed') this.known.delete(Name);
    else this.known.set(Name, VmStatus);
  }
}

type Start = () => Promise<{
  readonly system: TestSystem;
  /** Starts the admin again, at the same address and with an empty registry. */
  readonly restart: () => Promise<unknown>;
  readonly stop: () => Promise<void>;
}>;

const ours: Start = async () => {
  const system = await TestSystem.start();
  const { address } = system.admin.endpoint;
  const restart = () => system.admin.close().then(() => system.startAdmin({ listen: [address] }));
  return { system, restart, stop: () => system.close() };
};
const originals: Start = async () => {
  let admin!: OldAdmin;
  const startAdmin = async (around: TestSystem, port = 0) =>
    (admin = await OldAdmin.start({ identity: identityOf(around.material('admin-vm')), port }));
  const system = await TestSystem.around((around) => startAdmin(around));
  const { port } = admin.endpoint.address as { readonly port: number };
  const restart = () => admin.stop().then(() => startAdmin(system, port));
  return { system, restart, stop: () => system.close().then(() => admin.stop()) };
};

describe.each([
  ['the admin of this implementation', ours],
  ["the original's admin", originals],
])('a watch that reconnects, with %s', (_, start) => {
  let running: Awaited<ReturnType<Start>>;
  let relay: SeveredConnections;
  let client: AdminClient;
  let agent: TestAgent;

  beforeEach(async () => {
    running = await start();
    agent = await running.system.startAgent('net-vm', { capabilities: { services: units } });
    for (const unit of units) agent.systemd.define(unit, { active: true });
    await running.system.until((list) => units.every((unit) => list.some(({ Name }) => Name === unit)));
    relay = await SeveredConnections.start(running.system.admin.endpoint);
    client = new AdminClient(relay.endpoint, running.system.material('cli'));
  });
  afterEach(async () => {
    client.close();
    await relay.stop();
    await running.stop();
  });

  /** Reads the watch to its end, and returns the state of its reader. */
  const read = () => {
    const reader = new Reader();
    const leaving = new AbortController();
    let check: () => void = () => undefined;
    const reading = (async () => {
      for await (const event of client.watch({ signal: leaving.signal })) {
        reader.take(event);
        check();
      }
    })();
    const ended = reading.then(() => Promise.reject(new Error('the watch has ended')));
    ended.catch(() => undefined);
    const until = (condition: () => boolean) =>
      Promise.race([
        ended,
        new Promise<void>((resolve) => {
          check = () => condition() && resolve();
          check();
        }),
      ]);
    const leave = () => {
      leaving.abort();
      return reading;
    };
    return { reader, until, leave };
  };

  it('loses and repeats no state, whenever its connection is severed', async () => {
    const { reader, until, leave } = read();
    const states = new Map<UnitName, string>(units.map((unit) => [unit, 'Running']));
    const isCurrent = () => units.every((unit) => reader.known.get(unit) === states.get(unit));
    const toggle = (unit: UnitName) => {
      const isRunning = states.get(unit) === 'Running';
      states.set(unit, isRunning ? 'PoweredOff' : 'Running');
      return isRunning ? agent.systemd.stopUnit(unit) : agent.systemd.startUnit(unit);
    };
    await until(isCurrent);
    // The connection is severed before, between and after the changes, with and without waiting for earlier changes and
    // for the new list.
    for (let step = 0; step < 16; step++) {
      const lists = reader.lists;
      const isAwaited = step % 8 >= 4;
      for (let index = 0; index <= units.length; index++) {
        if (index === step % 4) {
          if (isAwaited) await until(isCurrent);
          relay.sever();
          if (isAwaited) await until(() => reader.lists > lists);
        }
        const unit = units[index];
        if (unit) await toggle(unit);
      }
      await until(() => reader.lists > lists && isCurrent());
    }
    await leave();
    expect(Object.fromEntries(reader.known)).toMatchObject(Object.fromEntries(states));
    expect(reader.lists).toBe(17);
  });
  it('yields the list of a restarted admin, and then what registers there again', async () => {
    const { reader, until, leave } = read();
    await until(() => units.every((unit) => reader.known.get(unit) === 'Running'));
    await running.restart();
    await until(() => reader.lists === 2 && units.every((unit) => reader.known.get(unit) === 'Running'));
    await leave();
  });
});
