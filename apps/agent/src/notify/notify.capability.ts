import { Controller, Module } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import { queuedCallOf } from '@givc/access';
import { parseNotification } from '@givc/model';
import { Call, Parse, type notify, type ServerCall } from '@givc/rpc';
import type { Capability } from '../capability.js';
import { NotifyService } from './notify.service.js';

const parse = (notification: notify.UserNotification): notify.UserNotification => parseNotification('', notification);

/** `notify.UserNotificationService`. */
@Controller()
class NotifyController {
  constructor(private readonly sockets: NotifyService) {}

  @GrpcMethod('UserNotificationService', 'NotifyUser')
  async notifyUser(
    @Parse(parse) notification: notify.UserNotification,
    @Call() call: ServerCall,
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
