// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import 'reflect-metadata';
import { startupSnapshot } from 'node:v8';
import { unmarkVariables } from '@givc/config';
import { makeCli, runCli, type Cli } from './cli.js';
import { CliModule } from './cli.module.js';
import { exitStatus } from './exit/exit-status.js';

function main(cli: Cli): void {
  unmarkVariables(process.env);

  process.on('SIGINT', () => {
    // Unless a command exits by itself.
    if (process.listenerCount('SIGINT') === 1) process.exit(exitStatus.interrupted);
  });
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    // The reader, such as head(1), has read enough.
    if (error.code === 'EPIPE') process.exit(exitStatus.success);
    process.stderr.write(`givc-cli: cannot write the result: ${error.message}\n`);
    process.exit(exitStatus.failure);
  });

  void cli(process.argv).then((status) => {
    // The process ends once the result is written (a failed write is handled above), whatever else is open: an
    // abandoned connection still holds its socket.
    process.stdout.write('', (error) => {
      if (!error) process.exit(status);
    });
  });
}

// The executable file is a snapshot of V8's heap in which all commands are made (packaging/one-file.cjs).
if (startupSnapshot.isBuildingSnapshot())
  void makeCli(CliModule).then((cli) => startupSnapshot.setDeserializeMainFunction(() => main(cli)));
else main(runCli);
