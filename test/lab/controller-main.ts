// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

// The process that owns the lab's machines: controller-main.ts VM... boots the host and these VMs.
import { writeFileSync } from 'node:fs';
import { Controller } from './controller.js';
import { machineNames, upFile, type MachineName } from './plan.js';

const vms = process.argv.slice(2).filter((name): name is MachineName => machineNames.some((known) => known === name));
const controller = new Controller();
process.once('SIGTERM', () => void controller.stop().then(() => process.exit(0)));
await controller.prepare();
await controller.bootHost(vms);
writeFileSync(upFile, '');
