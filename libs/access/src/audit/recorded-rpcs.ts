// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { AuditFields } from './audit.js';

/** The calls of an rpc that are recorded: all calls if it changes something, otherwise only rejected calls. */
export interface RecordedRpc {
  /**
   * When a call that changes something is recorded for the first time: before its handler, or when that has read and
   * noted the request (`noteChange`).
   */
  readonly begins: 'open' | 'noted' | undefined;
  /** The recorded fields of the request; dots lead into messages. */
  readonly fields: readonly string[];
}

const changes = (...fields: string[]): RecordedRpc => ({ begins: 'open', fields });
const notes = (): RecordedRpc => ({ begins: 'noted', fields: [] });
const reads = (...fields: string[]): RecordedRpc => ({ begins: undefined, fields });

export const unknownRpc: RecordedRpc = { begins: 'open', fields: [] };

/** Every rpc of the contract. Payloads, tokens, passwords and texts that a person has typed are not listed. */
export const recordedRpcs: Readonly<Record<string, RecordedRpc>> = {
  // Agents register again with every change of a unit: the handler decides which registration is a change.
  '/admin.AdminService/RegisterService': reads('Name', 'Parent', 'Type', 'Transport.Address', 'Transport.Port'),
  '/admin.AdminService/StartApplication': changes('AppName', 'VmName'),
  '/admin.AdminService/StartVM': changes('VmName'),
  '/admin.AdminService/StartService': changes('ServiceName', 'VmName'),
  '/admin.AdminService/StopService': changes('ServiceName', 'VmName'),
  '/admin.AdminService/PauseApplication': changes('AppName', 'VmName'),
  '/admin.AdminService/ResumeApplication': changes('AppName', 'VmName'),
  '/admin.AdminService/StopApplication': changes('AppName', 'VmName'),
  '/admin.AdminService/SetLocale': notes(),
  '/admin.AdminService/SetTimezone': changes('Timezone'),
  '/admin.AdminService/Poweroff': changes(),
  '/admin.AdminService/Reboot': changes(),
  '/admin.AdminService/Suspend': changes(),
  '/admin.AdminService/Wakeup': changes(),
  '/admin.AdminService/GetUnitStatus': reads('VmName', 'UnitName'),
  '/admin.AdminService/GetStats': reads('VmName'),
  '/admin.AdminService/QueryList': reads(),
  '/admin.AdminService/Watch': reads(),
  '/admin.AdminService/ListGenerations': reads(),
  '/admin.AdminService/SetGeneration': changes('Update.value.Pin', 'Update.value.Cache', 'Update.value.CachixHost'),
  '/admin.AdminService/NotifyUser': changes('VmName'),
  '/admin.AdminService/Ctap': changes('Req'),
  '/admin.AdminService/Sysinfo': reads(),
  '/ctap.Ctap/Ctap': changes('Req'),
  '/doctor.Doctor/RunChecks': reads('vm'),
  '/eventproxy.EventService/RegisterDevice': changes('name'),
  '/eventproxy.EventService/StreamEvents': changes(),
  '/exec.Exec/RunCommand': notes(),
  '/grpc.health.v1.Health/Check': reads('service'),
  '/grpc.health.v1.Health/List': reads(),
  '/grpc.health.v1.Health/Watch': reads('service'),
  '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo': reads(),
  '/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo': reads(),
  '/history.BootService/GetBootTimes': reads(),
  '/history.HistoryService/GetRegistryAt': reads(),
  '/history.HistoryService/ListBoots': reads('vm'),
  '/history.HistoryService/QueryHistory': reads('vm', 'unit'),
  '/hwid.HwidService/GetHwId': reads(),
  // Changes nothing, but shows what programs have written: the handler notes whose.
  '/journal.JournalService/ReadJournal': notes(),
  '/locale.LocaleClient/LocaleSet': notes(),
  '/locale.LocaleClient/TimezoneSet': changes('Timezone'),
  '/notify.UserNotificationService/NotifyUser': changes(),
  '/policyadmin.PolicyAdmin/StreamPolicy': notes(),
  '/report.Machines/ListMachines': reads(),
  '/report.Policies/ListPolicies': reads(),
  // Its own code records the registrations in reports.
  '/report.Reports/Report': reads(),
  '/resources.ResourcesService/GetUsage': reads('vm'),
  '/socketproxy.SocketStream/TransferData': notes(),
  '/stats.StatsService/GetStats': reads(),
  '/stats.StatsService/GetSysinfo': reads(),
  '/systemd.UnitControlService/StartApplication': changes('UnitName'),
  '/systemd.UnitControlService/StartUnit': changes('UnitName'),
  '/systemd.UnitControlService/StopUnit': changes('UnitName'),
  '/systemd.UnitControlService/KillUnit': changes('UnitName'),
  '/systemd.UnitControlService/FreezeUnit': changes('UnitName'),
  '/systemd.UnitControlService/UnfreezeUnit': changes('UnitName'),
  '/systemd.UnitControlService/GetUnitStatus': reads('UnitName'),
  '/systemd.UnitControlService/MonitorUnit': reads('UnitName'),
  '/wifimanager.WifiService/ConnectNetwork': changes('SSID'),
  '/wifimanager.WifiService/DisconnectNetwork': changes(),
  '/wifimanager.WifiService/GetActiveConnection': reads(),
  '/wifimanager.WifiService/ListNetwork': reads(),
  '/wifimanager.WifiService/TurnOff': changes(),
  '/wifimanager.WifiService/TurnOn': changes(),
};

/** Whether calls of this rpc change something; true for an unknown rpc. */
export const isChange = (rpc: string): boolean => (recordedRpcs[rpc] ?? unknownRpc).begins !== undefined;

/** The longest recorded value; a longer one is cut to it. */
export const recordedValueMax = 256;

function valueAt(request: unknown, path: string): unknown {
  let value = request;
  for (const key of path.split('.')) value = (value as Record<string, unknown> | undefined)?.[key];
  return value;
}

/** The recorded fields of the request, each under its own name and cut to 256 characters. */
export function recordedFields({ fields }: RecordedRpc, request: unknown): AuditFields | undefined {
  if (fields.length === 0) return undefined;
  const picked: Record<string, string | number> = {};
  for (const path of fields) {
    const value = valueAt(request, path);
    const name = path.slice(path.lastIndexOf('.') + 1);
    if (typeof value === 'number') picked[name] = value;
    else if (typeof value === 'string' && value !== '') picked[name] = value.slice(0, recordedValueMax);
  }
  return picked;
}
