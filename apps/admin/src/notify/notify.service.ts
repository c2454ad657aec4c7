// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Injectable } from '@nestjs/common';
import { parseText, type VmName } from '@givc/model';
import { FairQueue, type QueuedCall } from '@givc/queue';
import { notify } from '@givc/rpc';
import { AgentConnections } from '../agents/agent-connections.js';

export interface NotificationTo {
  readonly vm: VmName;
  readonly notification: notify.UserNotification;
}

const { notifyUser } = notify.UserNotificationServiceService;
const deadlineMs = 5_000;
/** The maximum length of the agent's answer. */
const statusMax = 256;
/** The limits are applied here, because an agent counts every call as one of the admin. */
const limits = {
  name: 'notifications',
  slots: 8,
  ofCaller: 2,
  waiting: 16,
  waitMs: deadlineMs,
  fix: 'try again later',
};

/** Shows notifications to the users of a machine. */
@Injectable()
export class NotifyService {
  readonly #queue = new FairQueue(limits);

  constructor(private readonly agents: AgentConnections) {}

  /** RESOURCE_EXHAUSTED when too many calls are open. */
  async notify({ vm, notification }: NotificationTo, call: QueuedCall): Promise<notify.Status> {
    const settings = { deadlineMs, enabledBy: 'capabilities.notifier.enable' };
    const { Status } = await this.#queue.run(call, () =>
      this.agents.connection(vm).call(notifyUser, notification, settings),
    );
    return { Status: parseText(Status, statusMax) };
  }
}
