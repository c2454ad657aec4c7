import 'reflect-metadata';
import { runDaemon } from '@givc/daemon';
import { readAdminConfig } from './admin.config.js';
import { adminDaemon } from './admin.daemon.js';

void runDaemon('givc-admin', async () => adminDaemon(readAdminConfig(process.argv.slice(2))));
