// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { once } from 'node:events';
import type { DynamicModule, INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { unmarkVariables } from '@givc/config';
import { formatAddress, GivcError, messageOf } from '@givc/model';
import type { Log } from '@givc/log';
import type { GrpcServer } from '@givc/rpc';
import { writeChecked, type Checked } from './checked.js';
import type { DaemonStatus } from './daemon-status.js';
import { daemonStatus } from './exit-status.js';
import { HangUp } from './hang-up.js';
import { HeapTrimmer, processHeap } from './heap-trimmer.js';
import { NestLog } from './nest-log.js';
import type { Printed } from './print-config.js';
import { keepLittleOfRareCode } from './rare-code.js';
import { ownRestartCommand } from './restart-command.js';
import { reloadAll, type Reloadable } from './reload.js';
import { ServiceManager } from './service-manager.js';

export interface Daemon {
  readonly log: Log;
  readonly server: GrpcServer;
  readonly module: DynamicModule;
  /** Everything that is followed while the daemon runs, and read again at SIGHUP. */
  readonly reloadables: readonly Reloadable[];
  /** Called before the daemon listens, if the service manager shows its status. */
  readonly status?: (modules: INestApplicationContext) => DaemonStatus;
}

const isReported = (error: unknown): error is { readonly exitCode: number } =>
  typeof (error as { exitCode?: unknown } | null)?.exitCode === 'number';

/** Ends the process with the status of commander when that has printed its message, otherwise with one line. */
function fail(name: string, error: unknown, status: number): never {
  if (isReported(error)) process.exit(error.exitCode === 0 ? daemonStatus.success : daemonStatus.usage);
  for (const line of messageOf(error).split('\n')) process.stderr.write(`${name}: ${line}\n`);
  process.exit(status);
}

async function stopSignal(): Promise<NodeJS.Signals> {
  const signals = ['SIGTERM', 'SIGINT'] as const;
  return Promise.race(signals.map((signal) => once(process, signal).then(() => signal)));
}

/**
 * Runs a daemon until SIGTERM or SIGINT: reads its configuration (a mistake ends it with status 2 before anything
 * listens), listens, notifies the service manager that it is ready, reads its files again at SIGHUP, and closes what is
 * open when it gets SIGTERM or SIGINT. The service manager knows about each of these, and shows the status with the
 * problems of files. If the configuration is only checked or printed, it writes the result and ends.
 */
export async function runDaemon(
  name: string,
  configure: () => Promise<Daemon | Checked | Printed> | Daemon | Checked | Printed,
): Promise<void> {
  // A reader of the help, such as head(1), may close the pipe early.
  process.stdout.on('error', () => process.exit(daemonStatus.success));
  // A log on a full disk does not end the daemon.
  process.stderr.on('error', () => undefined);
  const hangUp = new HangUp();
  unmarkVariables(process.env);
  keepLittleOfRareCode();
  let daemon: Daemon | Checked | Printed;
  try {
    daemon = await configure();
  } catch (error) {
    const isFailure = error instanceof GivcError && error.reason !== 'INVALID_ARGUMENT';
    fail(name, error, isFailure ? daemonStatus.failure : daemonStatus.usage);
  }
  if ('text' in daemon) {
    process.stdout.write(daemon.text);
    process.exit(daemonStatus.success);
  }
  if ('summary' in daemon) {
    writeChecked(name, daemon);
    process.exit(daemon.mistakes.length > 0 ? daemonStatus.usage : daemonStatus.success);
  }
  const { log, server, module, reloadables } = daemon;
  const manager = new ServiceManager(log);
  const stopped = stopSignal();
  const application = await NestFactory.createMicroservice(module, {
    strategy: server,
    logger: new NestLog(log),
    abortOnError: false,
  }).catch((error: unknown) => fail(name, error, daemonStatus.failure));
  const status = ServiceManager.isPresent ? daemon.status?.(application) : undefined;
  const statusText = () => [status?.text, ...reloadables.map(({ problem }) => problem)].filter(Boolean).join('; ');
  await application.listen().catch((error: unknown) => fail(name, error, daemonStatus.failure));
  log.info('listening', { addresses: server.addresses.map(formatAddress).join(',') });
  for (const one of reloadables) one.start?.();
  hangUp.start(() => {
    manager.reloading();
    reloadAll(reloadables, log, ServiceManager.isPresent ? ownRestartCommand() : undefined);
    void manager.ready(statusText());
  });
  // A service manager that hangs delays no stop.
  await Promise.race([manager.ready(statusText()), stopped]);
  for (const one of reloadables) one.onProblem?.(() => manager.status(statusText()));
  status?.onChange(() => manager.status(statusText()));
  manager.status(statusText());
  const heap = processHeap();
  const trimmer = heap && new HeapTrimmer(heap);
  const signal = await stopped;
  trimmer?.close();
  hangUp.close();
  log.info('stopping', { signal });
  manager.stopping();
  await application.close();
  for (const one of reloadables) one.close();
  process.exit(daemonStatus.success);
}
