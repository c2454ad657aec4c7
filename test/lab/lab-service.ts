// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import dbus from 'dbus-next';
import { type LabMachine } from './lab-machine.js';

const name = 'org.givc.Lab';

/** The policy for dbus-daemon(1) in the machine of the service. */
export const labServicePolicy =
  `<busconfig><policy user="root"><allow own="${name}"/></policy>` +
  `<policy context="default"><allow send_destination="${name}"/></policy></busconfig>\n`;

/**
 * The answer of the service to a request for this number of characters; dbus-next would take long for an array of
 * bytes.
 */
export const textOf = (length: number): string =>
  Buffer.alloc(length, 'The quick brown fox jumps over it. ').toString();

class Interface extends dbus.interface.Interface {
  secretsDisclosed = 0;

  text(length: number): string {
    return textOf(length);
  }

  secret(): string {
    this.secretsDisclosed++;
    return 'secret';
  }
}
Interface.configureMembers({
  methods: {
    text: { name: 'Text', inSignature: 'u', outSignature: 's' },
    secret: { name: 'Secret', inSignature: '', outSignature: 's' },
  },
});

/** The address by which a socket of a machine is reached from outside. */
export const addressOf = (machine: LabMachine, socket: string): string =>
  `unix:path=/proc/${machine.leader()}/root${socket}`;

/** A test service on the system bus of a machine. */
export class LabService {
  private constructor(
    private readonly bus: dbus.MessageBus,
    private readonly service: Interface,
  ) {}

  static async start(machine: LabMachine): Promise<LabService> {
    const bus = dbus.sessionBus({ busAddress: addressOf(machine, '/run/dbus/system_bus_socket') });
    const service = new Interface(name);
    bus.export('/org/givc/Lab', service);
    await bus.requestName(name, 0);
    return new LabService(bus, service);
  }

  /** The number of answered calls of `Secret`, which no filter of the lab permits. */
  get secretsDisclosed(): number {
    return this.service.secretsDisclosed;
  }

  stop(): void {
    this.bus.disconnect();
  }
}
