import { Injectable } from '@nestjs/common';
import { parseText, type VmName } from '@givc/model';
import { notify } from '@givc/rpc';
import { AgentConnections } from '../agents/agent-connections.js';

export interface NotificationTo {
  readonly vm: VmName;
  readonly notification: notify.UserNotification;
}

const { notifyUser } = notify.UserNotificationServiceService;
const deadlineMs = 5_000;
/** Of what an agent answers. */
const statusMax = 256;

/** Tells the users of a machine something. */
@Injectable()
export class NotifyService {
  constructor(private readonly agents: AgentConnections) {}

  async notify({ vm, notification }: NotificationTo): Promise<notify.Status> {
    const settings = { deadlineMs, enabledBy: 'capabilities.notifier.enable' };
    const { Status } = await this.agents.of(vm).call(notifyUser, notification, settings);
    return { Status: parseText(Status, statusMax) };
  }
}
