import { Controller, Module } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import type { Metadata, ServerUnaryCall } from '@grpc/grpc-js';
import { queuedCallOf } from '@givc/access';
import { parseNotification } from '@givc/model';
import { Parse, type notify } from '@givc/rpc';
import type { Capability } from '../capability.js';
import { NotifyService } from './notify.service.js';

const parse = (notification: notify.UserNotification): notify.UserNotification => parseNotification('', notification);

/** `notify.UserNotificationService`. */
@Controller()
class NotifyController {
  constructor(private readonly sockets: NotifyService) {}

  @GrpcMethod('UserNotificationService', 'NotifyUser')
  @Parse(parse)
  async notifyUser(
    notification: notify.UserNotification,
    _metadata: Metadata,
    call: ServerUnaryCall<unknown, notify.Status>,
  ): Promise<notify.Status> {
    await this.sockets.notify(notification, queuedCallOf(call));
    return { Status: 'Notification sent' };
  }
}

@Module({ controllers: [NotifyController], providers: [NotifyService] })
class NotifyModule {}

export const notifyCapability: Capability = {
  isEnabled: ({ capabilities }) => capabilities.notifier.enable,
  services: ['notify.UserNotificationService'],
  module: NotifyModule,
};
