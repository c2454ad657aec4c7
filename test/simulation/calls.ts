// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { AdminClient } from '@givc/client';
import { GivcError, messageOf } from '@givc/model';
import type { admin } from '@givc/rpc';
import type { CallRecord } from './rules/rule.js';
import type { World } from './world.js';

/** A call in a plan. */
export interface PlannedCall {
  readonly rpc:
    | 'StartVM'
    | 'StartService'
    | 'StopService'
    | 'StartApplication'
    | 'StopApplication'
    | 'PauseApplication'
    | 'ResumeApplication'
    | 'GetUnitStatus'
    | 'QueryList';
  /** The unit, application or VM that the call is about. */
  readonly subject: string;
  readonly machine?: string | undefined;
}

async function make(client: AdminClient, { rpc, subject, machine }: PlannedCall): Promise<string> {
  const application = { AppName: subject, VmName: machine, Args: [] };
  const service = { ServiceName: subject, VmName: machine ?? '' };
  switch (rpc) {
    case 'StartVM':
      return (await client.startVm({ VmName: subject })).registryId;
    case 'StartService':
      return (await client.startService(service)).registryId;
    case 'StopService':
      return (await client.stopService(service)).AppStatus;
    case 'StartApplication':
      return (await client.startApplication(application)).registryId;
    case 'StopApplication':
      return (await client.stopApplication(application)).AppStatus;
    case 'PauseApplication':
      return (await client.pauseApplication(application)).AppStatus;
    case 'ResumeApplication':
      return (await client.resumeApplication(application)).AppStatus;
    case 'GetUnitStatus':
      return (await client.getUnitStatus({ VmName: machine ?? '', UnitName: subject })).ActiveState;
    case 'QueryList':
      return `${(await client.queryList()).List.length} rows`;
  }
}

/** The calls of one client to the admin, all over one connection. */
export class Calls {
  readonly open = new Set<CallRecord>();

  constructor(
    private readonly world: World,
    readonly client: AdminClient,
  ) {}

  /** Makes the call in the caller's process, and resolves with its outcome. */
  async make(call: PlannedCall): Promise<CallRecord> {
    const { world } = this;
    const { scheduler } = world;
    const record: CallRecord = {
      rpc: call.rpc,
      subject: call.subject,
      machine: call.machine,
      startedAt: scheduler.now,
      admin: world.admins,
    };
    this.open.add(record);
    world.emit('callBegan', record);
    try {
      record.answer = await make(this.client, call);
      record.outcome = 'OK';
    } catch (error) {
      record.outcome = error instanceof GivcError ? error.reason : 'INTERNAL';
      record.message = messageOf(error);
    }
    record.endedAt = scheduler.now;
    this.open.delete(record);
    scheduler.log.add(scheduler.now, 'caller', `${textOf(record)}: ${record.message ?? record.answer}`);
    world.emit('callEnded', record);
    return record;
  }

  list(): Promise<admin.QueryListItem[]> {
    return this.client.queryList().then(({ List }) => List);
  }
}

export const textOf = ({ rpc, subject, machine, outcome }: CallRecord): string =>
  `${rpc} ${subject}${machine ? ` in ${machine}` : ''} ${outcome ?? 'is open'}`;
