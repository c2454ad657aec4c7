// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

export * as admin from './generated/admin/admin.js';
export * as ctap from './generated/ctap/ctap.js';
export * as doctor from './generated/doctor/doctor.js';
export * as eventproxy from './generated/event/event.js';
export * as exec from './generated/exec/exec.js';
export * as health from './generated/grpc/health/v1/health.js';
export * as history from './generated/history/history.js';
export * as hwid from './generated/hwid/hwid.js';
export * as journal from './generated/journal/journal.js';
export * as locale from './generated/locale/locale.js';
export * as notify from './generated/notify/notify.js';
export * as policyadmin from './generated/policyadmin/policyadmin.js';
export * as report from './generated/report/report.js';
export * as resources from './generated/resources/resources.js';
export * as socketproxy from './generated/socket/socket.js';
export * as stats from './generated/stats/stats.js';
export * as systemd from './generated/systemd/systemd.js';
export * as wifimanager from './generated/wifi/wifi.js';
