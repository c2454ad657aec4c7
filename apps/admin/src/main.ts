// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import 'reflect-metadata';
import { runDaemon } from '@givc/daemon';
import { readAdminConfig } from './admin.config.js';
import { adminDaemon } from './admin.daemon.js';

void runDaemon('givc-admin', async () => adminDaemon(readAdminConfig(process.argv.slice(2))));
