// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Controller, UseInterceptors } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import { queuedCallOf } from '@givc/access';
import { invalid, parseNotification, parseVmName } from '@givc/model';
import { Call, Parse, type admin, type notify, type ServerCall } from '@givc/rpc';
import { OnBehalfInterceptor } from '../agents/on-behalf.js';
import { NotifyService, type NotificationTo } from './notify.service.js';

function parseRequest({ VmName, Notification }: admin.UserNotificationRequest): NotificationTo {
  const vm = parseVmName('VmName', VmName);
  if (!Notification) throw invalid('Notification', 'required');
  return { vm, notification: parseNotification('Notification.', Notification) };
}

/** NotifyUser of AdminService. */
@Controller()
@UseInterceptors(OnBehalfInterceptor)
export class NotifyController {
  constructor(private readonly users: NotifyService) {}

  @GrpcMethod('AdminService', 'NotifyUser')
  notifyUser(@Parse(parseRequest) request: NotificationTo, @Call() call: ServerCall): Promise<notify.Status> {
    return this.users.notify(request, queuedCallOf(call));
  }
}
