// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

// The program of microvm@NAME.service on the host: the process of a VM. It runs exactly as long as the machine. SIGTERM
// powers the machine off. Killing this process kills the machine. When the machine ends unexpectedly, this process
// exits with status 1.
import { connect } from 'node:net';

const lab = connect('/lab/controller');
lab.setEncoding('utf8');
let off = false;

lab.write(`${process.argv[2]}\n`);
lab.on('data', (word) => (off ||= word.includes('off')));
lab.on('error', (error) => process.stderr.write(`${error.message}\n`));
lab.on('close', () => process.exit(off ? 0 : 1));
process.on('SIGTERM', () => lab.write('poweroff\n'));
