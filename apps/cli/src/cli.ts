// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { DynamicModule, Type } from '@nestjs/common';
import { CommandFactory, CommandRunnerService } from 'nest-commander';
import { GivcError, programVersion } from '@givc/model';
import { currentTrace, newTraceContext, OpenTrace, parseTraceContext } from '@givc/trace';
import { neededModule } from './needed-commands.js';
import { exitStatus } from './exit/exit-status.js';
import { ProgramStatus } from './exit/program-status.js';
import { plain, plainLines } from './output/plain-text.js';
import { TimedOut } from './exit/timed-out.js';
import { Undecided } from './exit/undecided.js';

type ExitStatus = (typeof exitStatus)[keyof typeof exitStatus];

/** commander throws after it has printed: help and the version are successes, everything else is bad usage. */
const commanderStatus = (error: unknown): ExitStatus | undefined =>
  error instanceof Error && 'exitCode' in error && 'code' in error && String(error.code).startsWith('commander.')
    ? error.exitCode === 0
      ? exitStatus.success
      : exitStatus.usage
    : undefined;

function statusOf(error: unknown): ExitStatus {
  if (error instanceof TimedOut) return exitStatus.timedOut;
  if (error instanceof Undecided) return exitStatus.undecided;
  const isPart = error instanceof GivcError && error.info?.reason === 'NOT_SET_EVERYWHERE';
  return isPart ? exitStatus.notSetEverywhere : exitStatus.failure;
}

/**
 * The exit status of a failure, which is printed as one line on stderr; a bug of this program is printed with its
 * stack.
 */
function fail(error: unknown): number {
  const status = commanderStatus(error);
  if (status !== undefined) return status;
  if (error instanceof ProgramStatus) return error.status;
  const known = error instanceof GivcError;
  const text = known
    ? plain(error.message) + logHint(error)
    : plainLines(error instanceof Error ? (error.stack ?? error.message) : String(error));
  process.stderr.write(`givc-cli: ${text}\n`);
  return statusOf(error);
}

/** Of a failure that only the log of a daemon explains: how to find it there. */
const logHint = ({ reason }: GivcError): string => {
  const trace = reason === 'INTERNAL' ? currentTrace() : undefined;
  return trace ? ` (trace ${trace.traceId})` : '';
};

/**
 * Runs the command line `argv`, node and script included, once, and resolves to one of `exitStatus`; for `exec` to that
 * of its program.
 */
export type Cli = (argv: readonly string[]) => Promise<number>;

/**
 * All calls of the command line belong to the trace of TRACEPARENT and TRACESTATE (OpenTelemetry's propagation by
 * environment variables), or else to a new one.
 */
async function inTrace<T>(work: () => Promise<T>): Promise<T> {
  const { TRACEPARENT, TRACESTATE } = process.env;
  const trace = new OpenTrace(parseTraceContext(TRACEPARENT, TRACESTATE) ?? newTraceContext());
  try {
    return await trace.run(work);
  } finally {
    trace.close();
  }
}

/** Makes the commands of a module, without reading anything of the process. */
export async function makeCli(module: Type | DynamicModule): Promise<Cli> {
  let status: number = exitStatus.success;
  const app = await CommandFactory.createWithoutRunning(module, {
    logger: false,
    abortOnError: false,
    version: programVersion,
    serviceErrorHandler: (error) => {
      status = fail(error);
    },
  });
  // The rest of the application is neither needed again nor a part of the snapshot. No command has a hook of its end.
  const runner = app.get(CommandRunnerService);
  return (argv) =>
    inTrace(async () => {
      await runner.run([...argv]);
      return status;
    });
}

/** Makes only the commands that `argv` needs. */
export const runCli: Cli = async (argv) => (await makeCli(neededModule(argv.slice(2))))(argv);
