// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAuthority, writeCertificates, type Authority } from '@givc/pki';
import dbus from 'dbus-next';
import { TestBus } from '../support/test-bus.js';
import { Program } from './program.js';

/** The folder with the agent of the original; undefined where there is none. */
export const original = process.env['GIVC_ORIGINAL'];

export type Make = 'ours' | 'original';

/** Answers an agent of the original, which queries its own unit at its start. */
function answerAsSystemd(bus: dbus.MessageBus): Promise<unknown> {
  bus.addMethodHandler((message: dbus.Message) => {
    const rows = () =>
      (message.body as [string[]])[0].map((name) => [
        name,
        name,
        'loaded',
        'active',
        'running',
        '',
        '/unit',
        0,
        '',
        '/',
      ]);
    const isList = message.member === 'ListUnitsByNames';
    const answer: [string?, unknown[]?] = isList ? ['a(ssssssouso)', [rows()]] : [];
    bus.send(dbus.Message.newMethodReturn(message, ...answer));
    return true;
  });
  return bus.requestName('org.freedesktop.systemd1', 0);
}

/**
 * Resolves when a producer sends the events of its device, which has been plugged in `number` times. A producer of the
 * original needs no wait, because it also sends earlier events.
 */
export async function sending(producer: Program, make: Make, number = 1): Promise<void> {
  if (make === 'ours') await producer.line('events of a device are sent', number);
}

/**
 * Starts an agent of the original until the consumer has its device: it gives up for good when it gets no answer within
 * a second, which a consumer that has just started does not always manage on an emulated processor.
 */
async function registered(make: () => Promise<Program>, consumer: Program): Promise<Program> {
  for (let attempt = 1; ; attempt++) {
    const producer = await make();
    const outcomes = [
      producer.line('failed to register device').then(() => false),
      consumer.line('a device was plugged in', attempt).then(() => true),
    ];
    for (const outcome of outcomes) outcome.catch(() => undefined);
    if (await Promise.race(outcomes)) return producer;
    await consumer.line('a device was removed', attempt);
    await producer.stop('SIGKILL');
  }
}

/** Agents of this implementation and of the original on one machine: `audio-vm` with devices, and `gui-vm`. */
export class EventAgents {
  readonly #folder = mkdtempSync(join(tmpdir(), 'givc-events-'));
  readonly #authority: Authority = createAuthority({ name: 'Test', days: 2 });
  readonly #bus = new TestBus();
  readonly #programs: { readonly make: Make; readonly program: Program }[] = [];
  #systemd: dbus.MessageBus | undefined;
  #port = 9_500;

  async start(): Promise<void> {
    await this.#bus.start();
    this.#systemd = dbus.sessionBus({ busAddress: this.#bus.address });
    await answerAsSystemd(this.#systemd);
  }

  /** Starts a consumer, and a producer that sends it the device of this name. */
  async pair(producer: Make, consumer: Make, device: string): Promise<{ producer: Program; consumer: Program }> {
    const [own, port] = [this.#port++, `${this.#port++}`];
    const transport = { name: 'gui-vm', addr: '127.0.0.1', port, protocol: 'tcp' };
    const classes = consumer === 'ours' ? { classes: ['keyboard', 'pointer', 'controller'] } : {};
    const gui = await this.#agent(consumer, 'gui-vm', own, {
      transport,
      consumer: { enable: true, permittedSource: 'audio-vm', ...classes },
    });
    await gui.line(consumer === 'ours' ? 'event proxy listens' : 'Event Proxy Server');
    const make = async () => {
      const config = { transport, producer: { enable: true }, device };
      return this.#agent(producer, 'audio-vm', this.#port++, config);
    };
    return { producer: producer === 'ours' ? await make() : await registered(make, gui), consumer: gui };
  }

  async stopPrograms(): Promise<void> {
    // An agent of the original does not end while a stream is open.
    const stop = ({ make, program }: { make: Make; program: Program }) =>
      program.stop(make === 'original' ? 'SIGKILL' : 'SIGTERM');
    await Promise.all(this.#programs.splice(0).map(stop));
  }

  async stop(): Promise<void> {
    await this.stopPrograms();
    this.#systemd?.disconnect();
    await this.#bus.stop();
    this.#bus.remove();
    rmSync(this.#folder, { recursive: true });
  }

  async #agent(make: Make, name: string, port: number, event: object): Promise<Program> {
    const files = join(this.#folder, `${name}-${port}`);
    mkdirSync(files);
    await writeCertificates(files, this.#authority, this.#authority.issue({ name, addresses: ['127.0.0.1'], days: 1 }));
    const config = {
      identity: { type: 8, subType: 9, name, parent: `microvm@${name}.service` },
      network: {
        admin: { transport: { name: 'admin-vm', addr: '127.0.0.1', port: '9001', protocol: 'tcp' } },
        agent: { transport: { name, addr: '127.0.0.1', port: `${port}`, protocol: 'tcp' } },
        tls: {
          ...{ enable: true, caCertPath: `${files}/ca-cert.pem` },
          ...{ certPath: `${files}/cert.pem`, keyPath: `${files}/key.pem` },
        },
      },
      capabilities: { eventProxy: { enable: true, events: [event] } },
    };
    writeFileSync(`${files}/agent.json`, JSON.stringify(config));
    const isOurs = make === 'ours';
    const program = new Program(
      isOurs ? 'givc-agent' : `${original}/givc-agent`,
      ['-config', `${files}/agent.json`, ...(isOurs ? [] : ['-debug'])],
      {
        ...{ DBUS_SYSTEM_BUS_ADDRESS: this.#bus.address, DBUS_SESSION_BUS_ADDRESS: this.#bus.address },
        GIVC_AUDIT: `${files}/audit`,
      },
    );
    this.#programs.push({ make, program });
    return program;
  }
}
