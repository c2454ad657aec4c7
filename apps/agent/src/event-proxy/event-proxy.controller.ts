// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Controller } from '@nestjs/common';
import { GrpcMethod, GrpcStreamCall } from '@nestjs/microservices';
import { noteChange } from '@givc/access';
import { GivcError } from '@givc/model';
import { Call, Parse, type eventproxy, type ServerCall } from '@givc/rpc';
import { assertPermitted } from '../proxy/assert-permitted.js';
import { parseDeviceId, parseDeviceInfo, type RegisteredDevice } from './device-info.js';
import { ReplayedDevices, type EventCall } from './replayed-devices.js';
import { PermittedProducer } from './permitted-producer.js';

/** `eventproxy.EventService` of one entry. */
@Controller()
export class EventProxyController {
  constructor(
    private readonly producer: PermittedProducer,
    private readonly devices: ReplayedDevices,
  ) {}

  @GrpcMethod('EventService', 'RegisterDevice')
  registerDevice(@Parse(parseDeviceInfo) device: RegisteredDevice, @Call() call: ServerCall): eventproxy.Ack {
    this.#assertPermitted(call);
    const id = parseDeviceId(call.metadata);
    this.devices.register(id, device);
    return { status: 'OK', device: id };
  }

  @GrpcStreamCall('EventService', 'StreamEvents')
  async streamEvents(call: EventCall): Promise<eventproxy.Ack> {
    this.#assertPermitted(call);
    const id = parseDeviceId(call.metadata);
    noteChange(call, { name: this.devices.nameOf(id) });
    await this.devices.replay(id, call);
    return { status: 'OK', device: id };
  }

  #assertPermitted(call: ServerCall): void {
    const { permittedPeer } = this.producer;
    if (permittedPeer === undefined)
      throw new GivcError('PERMISSION_DENIED', 'no machine may send input here: this entry has no permittedSource');
    assertPermitted(call, permittedPeer, 'send input here');
  }
}
