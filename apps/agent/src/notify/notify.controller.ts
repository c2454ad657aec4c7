// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Controller } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import { queuedCallOf } from '@givc/access';
import { parseNotification } from '@givc/model';
import { Call, Parse, type notify, type ServerCall } from '@givc/rpc';
import { NotifyService } from './notify.service.js';

/** `notify.UserNotificationService`. */
@Controller()
export class NotifyController {
  constructor(private readonly sockets: NotifyService) {}

  @GrpcMethod('UserNotificationService', 'NotifyUser')
  async notifyUser(
    @Parse((request: notify.UserNotification) => parseNotification('', request)) notification: notify.UserNotification,
    @Call() call: ServerCall,
  ): Promise<notify.Status> {
    await this.sockets.notify(notification, queuedCallOf(call));
    return { Status: 'Notification sent' };
  }
}
