// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

// npm run demo: shows the built programs of this checkout on five machines, step by step.
import { playDemo } from './demo-scenario.js';
import { Lab } from './lab.js';
import { inNamespaces } from './namespaces.js';
import { Scenario } from './scenario.js';

await inNamespaces();

const seconds = (): string => `${(performance.now() / 1000).toFixed(1)} s`;
const say = (line: string) => process.stdout.write(`${line}\n`);
const lab = await Lab.start({ running: ['admin-vm', 'net-vm', 'gui-vm'], say });
process.stdout.write(`They are up after ${seconds()}.\n`);
const watched = lab.watch();
try {
  await watched.until('the registry', () => watched.rows.length > 0);
  await playDemo(new Scenario(lab, watched));
  process.stdout.write(`\nAll steps did what was expected, in ${seconds()}.\n`);
} catch (error) {
  process.stdout.write(`\nThe demo failed: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
} finally {
  await watched.stop();
  await lab.stop();
}
process.exit();
