// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

// What microvm@NAME.service runs on the host: the process of a VM. It lives exactly as long as the machine. SIGTERM
// powers the machine off; killing this process pulls its plug; when the machine dies, so does this, with status 1.
import { connect } from 'node:net';

const lab = connect('/lab/controller');
lab.setEncoding('utf8');
let off = false;

lab.write(`${process.argv[2]}\n`);
lab.on('data', (word) => (off ||= word.includes('off')));
lab.on('error', (error) => process.stderr.write(`${error.message}\n`));
lab.on('close', () => process.exit(off ? 0 : 1));
process.on('SIGTERM', () => lab.write('poweroff\n'));
