// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { parseAgentConfig } from '../agent.config.js';

const transport = (name: string, port: number) => ({
  name,
  addr: '192.168.100.3',
  port: String(port),
  protocol: 'tcp',
});

describe('the event proxies of a configuration', () => {
  const read = (events: unknown, more: object = {}) => {
    const { capabilities, warnings } = parseAgentConfig({
      identity: { type: 8, subType: 9, name: 'gui-vm' },
      network: { admin: { transport: transport('admin-vm', 9001) }, agent: { transport: transport('gui-vm', 9000) } },
      capabilities: { eventProxy: { enable: true, events }, ...more },
    });
    return { events: capabilities.eventProxy.events, warnings };
  };
  const consumer = { enable: true, permittedSource: 'audio-vm' };
  const problem = (text: string) => `capabilities.eventProxy.events: ${text}; this entry is left out`;

  it('share their devices and accept pointers and controllers by default', () => {
    const { events, warnings } = read([
      { transport: transport('gui-vm', 9012), consumer },
      { transport: transport('gui-vm', 9013), producer: { enable: true }, device: 'Mouse' },
    ]);
    expect(warnings).toEqual([]);
    expect(events[0]!.consumer).toEqual({ ...consumer, classes: ['pointer', 'controller'] });
    expect(events[1]!.producer).toEqual({ enable: true, grab: false });
  });

  it('are read with null and empty values, as Nix writes them', () => {
    const { events, warnings } = read([
      {
        transport: transport('gui-vm', 9012),
        consumer: { ...consumer, classes: null },
        producer: { enable: false, grab: null },
        device: '',
      },
    ]);
    expect([events.length, warnings]).toEqual([1, []]);
  });

  it('are left out when they name a class that does not exist', () => {
    const { events, warnings } = read([
      { transport: transport('gui-vm', 9012), consumer: { ...consumer, classes: ['mice'] } },
    ]);
    expect(events).toEqual([]);
    expect(warnings[0]).toContain('invalid class "mice": expected keyboard, pointer, controller');
  });

  it('warn of a consumer without a permitted source, which rejects every producer', () => {
    const { events, warnings } = read([{ transport: transport('gui-vm', 9012), consumer: { enable: true } }]);
    expect(events).toHaveLength(1);
    expect(warnings).toEqual([
      'capabilities.eventProxy.events: the consumer at 192.168.100.3:9012 has no consumer.permittedSource, so it rejects every producer',
    ]);
  });

  it.each([
    ['without a machine', {}, 'the entry of 127.0.0.1:9000 names no machine in its transport'],
    [
      'without a part',
      { transport: transport('gui-vm', 9012) },
      'the entry of 192.168.100.3:9012 is neither a producer nor a consumer',
    ],
    [
      'without a device',
      { transport: transport('gui-vm', 9012), producer: { enable: true } },
      'the producer for gui-vm names no device',
    ],
    [
      'at the port of the agent',
      { transport: transport('gui-vm', 9000), consumer },
      '192.168.100.3:9000 is used by an earlier entry or by the agent itself',
    ],
    [
      'without a port',
      { transport: { name: 'gui-vm', addr: '/run/a.sock', port: '', protocol: 'unix' }, consumer },
      "a server needs a port in this agent's own address (192.168.100.3:9000) and in the transport's (/run/a.sock)",
    ],
  ])('leave out an entry %s', (_, entry, text) => {
    expect(read([entry])).toEqual({ events: [], warnings: expect.arrayContaining([problem(text)]) });
  });

  it('leave out a consumer at the port of an earlier one or of a socket proxy', () => {
    const sockets = [{ transport: transport('gui-vm', 9010), server: true, socket: '/run/a.sock' }];
    const { events, warnings } = read(
      [9012, 9012, 9010].map((port) => ({ transport: transport('gui-vm', port), consumer })),
      { socketProxy: { enable: true, sockets } },
    );
    expect(events).toHaveLength(1);
    expect(warnings).toEqual(
      [9012, 9010].map((port) => problem(`192.168.100.3:${port} is used by an earlier entry or by the agent itself`)),
    );
  });

  it('may have several producers for one consumer', () => {
    const producer = { transport: transport('gui-vm', 9012), producer: { enable: true } };
    const { events, warnings } = read([
      { ...producer, device: 'Mouse' },
      { ...producer, device: 'Controller' },
    ]);
    expect([events.length, warnings]).toEqual([2, []]);
  });

  it('make an entry both a consumer and a producer when both are configured', () => {
    const both = { transport: transport('gui-vm', 9012), consumer, producer: { enable: true }, device: 'Mouse' };
    expect(read([both]).warnings).toEqual([
      'capabilities.eventProxy.events: the consumer at 192.168.100.3:9012 is not also a producer',
    ]);
  });
});
