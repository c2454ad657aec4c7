import { Controller, UseInterceptors } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import type { Metadata, ServerUnaryCall } from '@grpc/grpc-js';
import { queuedCallOf } from '@givc/access';
import { invalid, parseNotification, parseVmName } from '@givc/model';
import { Parse, type admin, type notify } from '@givc/rpc';
import { OnBehalfInterceptor } from '../agents/on-behalf.js';
import { NotifyService, type NotificationTo } from './notify.service.js';

function parseRequest({ VmName, Notification }: admin.UserNotificationRequest): NotificationTo {
  const vm = parseVmName('VmName', VmName);
  if (!Notification) throw invalid('Notification', 'it is missing');
  return { vm, notification: parseNotification('Notification.', Notification) };
}

/** The rpc of AdminService that tells a user something. */
@Controller()
@UseInterceptors(OnBehalfInterceptor)
export class NotifyController {
  constructor(private readonly users: NotifyService) {}

  @GrpcMethod('AdminService', 'NotifyUser')
  @Parse(parseRequest)
  notifyUser(
    request: NotificationTo,
    _metadata: Metadata,
    call: ServerUnaryCall<unknown, notify.Status>,
  ): Promise<notify.Status> {
    return this.users.notify(request, queuedCallOf(call));
  }
}
