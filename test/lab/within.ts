// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

// Runs a command in the namespaces of the lab: node --import tsx test/lab/within.ts COMMAND [ARGUMENT...]
import { labControlGroup, runInNamespaces, whyNoLab } from './namespaces.js';

const command = process.argv.slice(2);
if (command.length === 0) {
  process.stderr.write('usage: within COMMAND [ARGUMENT...]\n');
  process.exit(2);
}
if (labControlGroup() !== undefined) throw new Error('this is already inside: run the command itself');
const problem = whyNoLab();
if (problem !== undefined) {
  const asked = process.env['CI'] === 'true';
  process.stderr.write(`\n*** THE LAB DID NOT RUN: ${problem}.\n*** Not run: ${command.join(' ')}\n\n`);
  process.exit(asked ? 1 : 0);
}
process.exit(await runInNamespaces(command));
