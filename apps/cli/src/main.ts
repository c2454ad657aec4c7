// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import 'reflect-metadata';
import { unmarkVariables } from '@givc/config';
import { runCli } from './cli.js';

unmarkVariables(process.env);

process.on('SIGINT', () => {
  // Unless a command has an end of its own.
  if (process.listenerCount('SIGINT') === 1) process.exit(130);
});
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // The reader, like head(1), has read enough.
  if (error.code === 'EPIPE') process.exit(0);
  process.stderr.write(`givc-cli: cannot write the result: ${error.message}\n`);
  process.exit(1);
});

void runCli(process.argv).then((status) => {
  // Not before the result is written (what cannot be is seen to above), but whatever else is open: a connection that is given up holds its socket on.
  process.stdout.write('', (error) => {
    if (!error) process.exit(status);
  });
});
