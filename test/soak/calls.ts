// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { deadlines, type AdminClient } from '@givc/client';
import { type Random } from '../model/random.js';
import { applicationsOf, servicesOf, type Agent } from './facts.js';

/** A call that a caller may make now. */
export interface Call {
  readonly rpc: string;
  readonly text: string;
  readonly deadlineMs: number;
  /** Resolves with what the answer adds to the logged text, if anything. */
  make(admin: AdminClient): Promise<string>;
}

type Choice = (random: Random, applications: readonly string[]) => Call | undefined;

const mostApplications = 8;
const withServices = ['host', 'net-vm', 'gui-vm'] as const;
const vms = ['net-vm', 'gui-vm', 'chrome-vm'] as const;

const oneOf = <T>(random: Random, choices: readonly T[]): T => random.pick(choices as [T, ...T[]]);

function service(random: Random): { VmName: Agent; ServiceName: string } {
  const VmName = random.pick(withServices);
  return { VmName, ServiceName: oneOf(random, servicesOf(VmName)) };
}

const query: Choice = () => ({
  rpc: 'QueryList',
  text: 'query',
  deadlineMs: deadlines.answer,
  make: async (admin) => `${(await admin.queryList()).List.length} rows`,
});

const status: Choice = (random) => {
  const { VmName, ServiceName: UnitName } = service(random);
  return {
    rpc: 'GetUnitStatus',
    text: `get status of ${UnitName} in ${VmName}`,
    deadlineMs: deadlines.answer,
    make: async (admin) => (await admin.getUnitStatus({ VmName, UnitName })).ActiveState,
  };
};

const startService: Choice = (random) => {
  const request = service(random);
  return {
    rpc: 'StartService',
    text: `start ${request.ServiceName} in ${request.VmName}`,
    deadlineMs: deadlines.job,
    make: async (admin) => (await admin.startService(request)).registryId,
  };
};

const stopService: Choice = (random) => {
  const request = service(random);
  return {
    rpc: 'StopService',
    text: `stop ${request.ServiceName} in ${request.VmName}`,
    deadlineMs: deadlines.job,
    make: async (admin) => (await admin.stopService(request)).AppStatus,
  };
};

const startApplication: Choice = (random, applications) => {
  if (applications.length >= mostApplications) return undefined;
  const AppName = oneOf(random, applicationsOf('chrome-vm'));
  return {
    rpc: 'StartApplication',
    text: `start ${AppName} in chrome-vm`,
    deadlineMs: deadlines.boot,
    make: async (admin) => (await admin.startApplication({ AppName, VmName: 'chrome-vm', Args: [] })).registryId,
  };
};

const stopApplication: Choice = (random, applications) => {
  if (applications.length === 0) return undefined;
  const AppName = oneOf(random, applications);
  return {
    rpc: 'StopApplication',
    text: `stop ${AppName}`,
    deadlineMs: deadlines.job,
    make: async (admin) => (await admin.stopApplication({ AppName, VmName: 'chrome-vm', Args: [] })).AppStatus,
  };
};

/** Boots the VM if it is down. */
export const startVm = (VmName: string): Call => ({
  rpc: 'StartVM',
  text: `start ${VmName}`,
  deadlineMs: deadlines.boot,
  make: async (admin) => (await admin.startVm({ VmName })).registryId,
});

const choices: readonly [Choice, ...Choice[]] = [
  query,
  status,
  startService,
  stopService,
  startApplication,
  startApplication,
  stopApplication,
  (random) => startVm(random.pick(vms)),
];

/** A random call; `applications` are the instances that run in chrome-vm. */
export function chooseCall(random: Random, applications: readonly string[]): Call {
  for (;;) {
    const call = random.pick(choices)(random, applications);
    if (call) return call;
  }
}
