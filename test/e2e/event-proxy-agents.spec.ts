// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { FakeInputDevices, InputDevices, TestSystem, type TestAgent } from '@givc/testing';
import { key, keyA, keyboard, mouse, move, until, x, end } from '../support/event-pair.js';

describe('the event proxies of two agents', () => {
  let system: TestSystem;
  /** The input devices of audio-vm, and those of gui-vm. */
  let [devices, virtual]: FakeInputDevices[] = [];
  beforeEach(async () => {
    [devices, virtual] = [new FakeInputDevices(), new FakeInputDevices()];
    system = await TestSystem.start();
  });
  afterEach(() => system.close());

  const transport = (name: string, port: number) => ({ name, addr: '127.0.0.1', port: String(port), protocol: 'tcp' });
  const agent = (name: string, input: FakeInputDevices, events: readonly object[], more: object = {}) =>
    system.startAgent(
      name,
      { capabilities: { eventProxy: { enable: true, events } }, ...more },
      { overrides: [{ provide: InputDevices, useValue: input }] },
    );
  const logged = async ({ lines }: TestAgent, text: string): Promise<string> => {
    await until(() => lines.some((line) => line.includes(text)));
    return lines.find((line) => line.includes(text))!;
  };
  /** The agent of gui-vm, and the address of its consumer. */
  const startConsumer = async (consumer: object, more?: object) => {
    // As in Ghaf's configurations, the transport of a consumer is its own address.
    const gui = await agent('gui-vm', virtual!, [{ transport: transport('gui-vm', 0), consumer }], more);
    const line = await logged(gui, 'event proxy listens');
    return { gui, line, port: Number(/ address=127\.0\.0\.1:(\d+) /.exec(line)![1]) };
  };
  const startProducer = (port: number, device = 'Mouse') =>
    agent('audio-vm', devices!, [{ transport: transport('gui-vm', port), producer: { enable: true }, device }]);

  it('join a device of one machine with programs of another', async () => {
    const { line, port } = await startConsumer({ enable: true, permittedSource: 'audio-vm' });
    expect(line).toBe(`info: event proxy listens address=127.0.0.1:${port} peer=audio-vm classes=pointer,controller`);
    const audio = await startProducer(port);
    const device = devices!.plug(mouse());
    await logged(audio, 'events of a device are sent');
    device.emit(move(x, 4), end);
    await until(() => virtual!.plugged[0]!.written.length === 1);
    expect(virtual!.plugged[0]!.description).toEqual(mouse());
  });

  it('accept no producer without a permitted source, and say so at their start', async () => {
    const { line, port } = await startConsumer({ enable: true });
    expect(line).toContain('peer=none');
    const audio = await startProducer(port);
    devices!.plug(mouse());
    expect(await logged(audio, 'no events are sent')).toContain('this entry has no permittedSource');
    expect(virtual!.plugged).toEqual([]);
  });

  it('pass keyboards on where the entry of the consumer says so', async () => {
    const { port } = await startConsumer({ enable: true, permittedSource: 'audio-vm', classes: ['keyboard'] });
    await startProducer(port, 'keyboard');
    const device = devices!.plug(keyboard());
    await until(() => virtual!.plugged.length === 1);
    await until(() => {
      device.emit(key(keyA, 1), end);
      device.emit(key(keyA, 0), end);
      return virtual!.plugged[0]!.written.length > 0;
    });
  });

  it('say in one line which module is missing where there is no uinput', async () => {
    virtual!.problem = 'there is no /dev/uinput: load the kernel\'s module "uinput" (modprobe uinput)';
    const { gui } = await startConsumer({ enable: true, permittedSource: 'audio-vm' });
    expect(await logged(gui, 'modprobe uinput')).toBe(
      'warn: event proxy: no device can be made error="there is no /dev/uinput: load the kernel\'s module \\"uinput\\" (modprobe uinput)"',
    );
  });

  it('accept input from their source even when only the admin may change something', async () => {
    const { port } = await startConsumer({ enable: true, permittedSource: 'audio-vm' }, { adminOnly: true });
    const audio = await startProducer(port);
    devices!.plug(mouse());
    await logged(audio, 'events of a device are sent');
  });

  it('end with their agents', async () => {
    const { gui, port } = await startConsumer({ enable: true, permittedSource: 'audio-vm' });
    const audio = await startProducer(port);
    const device = devices!.plug(mouse());
    await logged(audio, 'events of a device are sent');
    await audio.close();
    expect(device.readers).toBe(0);
    await gui.close();
    expect(virtual!.plugged).toEqual([]);
  });
});
