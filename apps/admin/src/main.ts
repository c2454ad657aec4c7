// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import 'reflect-metadata';
import { runDaemon } from '@givc/daemon';
import { checkAdmin } from './admin.check.js';
import { adminFlagSettings, readAdminConfig } from './admin.config.js';
import { adminDaemon } from './admin.daemon.js';
import { printAdmin } from './admin.print.js';

void runDaemon('givc-admin', async () => {
  const argv = process.argv.slice(2);
  const config = readAdminConfig(argv);
  if (config.printed) return printAdmin(config);
  if (config.check) return checkAdmin(config, config.check.files);
  return adminDaemon(config, { settings: (environment) => adminFlagSettings(argv, environment) });
});
