// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import {
  authorizationRequest,
  callTypeOf,
  withUnknownFields,
  type PartialRecord,
  type PartialRequest,
  type UnknownField,
} from '@givc/access';
import type { AskedCall } from './deciding-daemon.js';

/** The call that the admin makes to an agent for a call of a client. */
export interface OnwardCall {
  /** The machine of the agent; undefined for the host. */
  readonly machine: string | undefined;
  readonly call: AskedCall;
}

/** The fields of a request that may be unknown; undefined when the request does not have the field. */
type Fields = Readonly<Record<string, string | UnknownField | undefined>>;

interface Onward {
  readonly rpc: string;
  readonly machine?: ((fields: Fields) => string | UnknownField | undefined) | undefined;
  readonly unit?: (fields: Fields) => string | UnknownField | undefined;
  /** The request is passed on as it is. */
  readonly isSame?: boolean;
}

const units = '/systemd.UnitControlService';
const vmOf = ({ VmName }: Fields) => VmName;
/** Empty fields name nothing. */
const given = (value: string | UnknownField | undefined): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;
const instance = ({ AppName }: Fields): string | undefined => {
  const name = given(AppName);
  if (name === undefined) return undefined;
  return /@[0-9]+\.service$/.test(name) ? name : `${name.replace(/@$/, '')}@0.service`;
};
const machineOfApplication = (fields: Fields) =>
  given(fields['VmName']) ?? (given(fields['AppName']) === undefined ? undefined : `${given(fields['AppName'])}-vm`);

const ofService = (rpc: string): Onward => ({ rpc, machine: vmOf, unit: ({ ServiceName }) => ServiceName });
const ofInstance = (rpc: string): Onward => ({ rpc, machine: vmOf, unit: instance });
const ofHost = (target: string): Onward => ({ rpc: `${units}/StartUnit`, unit: () => target });

const whole = (rpc: string): Onward => ({ rpc, machine: ({ vm }) => vm, isSame: true });

/** The calls of `admin.AdminService` that the admin passes on to one agent. */
const ofAdminService: Readonly<Record<string, Onward>> = {
  StartService: ofService(`${units}/StartUnit`),
  StopService: ofService(`${units}/StopUnit`),
  StartApplication: { rpc: `${units}/StartApplication`, machine: machineOfApplication, unit: instance },
  PauseApplication: ofInstance(`${units}/FreezeUnit`),
  ResumeApplication: ofInstance(`${units}/UnfreezeUnit`),
  StopApplication: ofInstance(`${units}/StopUnit`),
  StartVM: {
    rpc: `${units}/StartUnit`,
    unit: ({ VmName }) => (given(VmName) === undefined ? undefined : `microvm@${given(VmName)}.service`),
  },
  GetUnitStatus: { rpc: `${units}/GetUnitStatus`, machine: vmOf, unit: ({ UnitName }) => UnitName },
  GetStats: { rpc: '/stats.StatsService/GetStats', machine: vmOf },
  NotifyUser: { rpc: '/notify.UserNotificationService/NotifyUser', machine: vmOf },
  Poweroff: ofHost('poweroff.target'),
  Reboot: ofHost('reboot.target'),
  Suspend: ofHost('suspend.target'),
};

/** Those that both daemons serve. */
const same = [
  '/journal.JournalService/ReadJournal',
  '/doctor.Doctor/RunChecks',
  '/resources.ResourcesService/GetUsage',
];

/** The calls of clients that the admin passes on to one agent, by their paths. */
const onward: Readonly<Record<string, Onward>> = {
  ...Object.fromEntries(Object.entries(ofAdminService).map(([name, call]) => [`/admin.AdminService/${name}`, call])),
  ...Object.fromEntries(same.map((path) => [path, whole(path)])),
};

/** Whether the admin passes calls of `/pkg.Service/Method` on to one agent. */
export const isPassedOn = (path: string): boolean => onward[path] !== undefined;

/**
 * The call that the admin, named `admin`, makes to an agent for this one; undefined when it makes none, when it calls
 * several agents, or when the request does not say which agent.
 */
export async function onwardCall(
  path: string,
  request: PartialRequest,
  admin: string,
): Promise<OnwardCall | undefined> {
  const passed = onward[path];
  if (!passed) return undefined;
  const fields = request.context as Fields;
  const machine = passed.machine?.(fields);
  if (passed.machine && given(machine) === undefined) return undefined;
  if (passed.isSame) return { machine: given(machine), call: { path, request: { ...request, source: admin } } };
  const type = (await callTypeOf(passed.rpc))!;
  const unit = given(passed.unit?.(fields));
  const { Args } = request.context;
  const known: PartialRecord = {
    ...(unit !== undefined && { UnitName: unit }),
    ...(type.fields.has('Args') && Args !== undefined && { Args }),
  };
  const asked = authorizationRequest(admin, passed.rpc, undefined);
  const context = { ...withUnknownFields(type.fields, known), ...asked.context };
  return { machine: given(machine), call: { path: passed.rpc, request: { ...asked, context } } };
}
