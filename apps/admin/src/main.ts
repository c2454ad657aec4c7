// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import 'reflect-metadata';
import { runDaemon } from '@givc/daemon';
import { checkAdmin } from './admin.check.js';
import { readAdminConfig } from './admin.config.js';
import { adminDaemon } from './admin.daemon.js';
import { printAdmin } from './admin.print.js';

void runDaemon('givc-admin', async () => {
  const config = readAdminConfig(process.argv.slice(2));
  if (config.printed) return printAdmin(config);
  return config.check ? checkAdmin(config, config.check.files) : adminDaemon(config);
});
