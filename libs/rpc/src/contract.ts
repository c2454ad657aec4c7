// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { AdminServiceService } from './generated/admin/admin.js';
import { CtapService } from './generated/ctap/ctap.js';
import { DoctorService } from './generated/doctor/doctor.js';
import { EventServiceService } from './event-service.js';
import { ExecService } from './generated/exec/exec.js';
import { HealthService } from './generated/grpc/health/v1/health.js';
import { ServerReflectionService } from './generated/grpc/reflection/v1/reflection.js';
import { ServerReflectionService as ServerReflectionAlphaService } from './generated/grpc/reflection/v1alpha/reflection.js';
import { BootServiceService, HistoryServiceService } from './generated/history/history.js';
import { HwidServiceService } from './generated/hwid/hwid.js';
import { JournalServiceService } from './generated/journal/journal.js';
import { LocaleClientService } from './generated/locale/locale.js';
import { UserNotificationServiceService } from './generated/notify/notify.js';
import { PolicyAdminService } from './generated/policyadmin/policyadmin.js';
import { MachinesService, PoliciesService, ReportsService } from './generated/report/report.js';
import { ResourcesServiceService } from './generated/resources/resources.js';
import { StatsServiceService } from './generated/stats/stats.js';
import { UnitControlServiceService } from './generated/systemd/systemd.js';
import { WifiServiceService } from './generated/wifi/wifi.js';
import { SocketStreamService } from './socket-stream.js';

/** Every gRPC service of proto/, by its full name. */
export const services = {
  'admin.AdminService': AdminServiceService,
  'ctap.Ctap': CtapService,
  'doctor.Doctor': DoctorService,
  'eventproxy.EventService': EventServiceService,
  'exec.Exec': ExecService,
  'grpc.health.v1.Health': HealthService,
  'grpc.reflection.v1.ServerReflection': ServerReflectionService,
  'grpc.reflection.v1alpha.ServerReflection': ServerReflectionAlphaService,
  'history.BootService': BootServiceService,
  'history.HistoryService': HistoryServiceService,
  'hwid.HwidService': HwidServiceService,
  'journal.JournalService': JournalServiceService,
  'locale.LocaleClient': LocaleClientService,
  'notify.UserNotificationService': UserNotificationServiceService,
  'policyadmin.PolicyAdmin': PolicyAdminService,
  'report.Machines': MachinesService,
  'report.Policies': PoliciesService,
  'report.Reports': ReportsService,
  'resources.ResourcesService': ResourcesServiceService,
  'socketproxy.SocketStream': SocketStreamService,
  'stats.StatsService': StatsServiceService,
  'systemd.UnitControlService': UnitControlServiceService,
  'wifimanager.WifiService': WifiServiceService,
} as const;

/** The full name of a gRPC service of proto/. */
export type ServiceName = keyof typeof services;
