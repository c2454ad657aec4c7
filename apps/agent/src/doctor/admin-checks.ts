// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { adviceFor, check, type Advice, type Check, type CheckResult } from '@givc/checks';
import { formatAddress, type Endpoint } from '@givc/model';
import { health, RpcChannel, type Dialer } from '@givc/rpc';
import type { RegistrationService } from '../registration/registration.service.js';

const probeMs = 3_000;

/** Why a server does not answer, as an error; undefined when it does, even if it denies the call. */
export async function probe(endpoint: Endpoint, dialer: Dialer): Promise<unknown> {
  const channel = new RpcChannel(endpoint, dialer);
  try {
    await channel.unary(health.HealthService.check, { service: '' }, { deadlineMs: probeMs });
    return undefined;
  } catch (error) {
    return isAnswered(error) ? undefined : error;
  } finally {
    channel.close();
  }
}

const isAnswered = (error: unknown): boolean =>
  !['UNAVAILABLE', 'DEADLINE_EXCEEDED', 'CANCELLED'].includes(String((error as { reason?: unknown }).reason));

/** How this agent registers with its admin. `own` finds the problem of the certificate of this machine. */
export function adminChecks(
  admin: Endpoint,
  registration: Pick<RegistrationService, 'registers'>,
  dialer: Dialer,
  own: () => Promise<Advice | undefined>,
): Check[] {
  const subject = formatAddress(admin.address);
  return [{ id: 'admin-connection', subject, run: async () => [await connection(subject)] }];

  async function connection(subject: string): Promise<CheckResult> {
    const { ok, warning, failure } = check('admin-connection', subject);
    switch (registration.registers) {
      case 'reporting':
        return ok(`is ${admin.name}, and has the reports of this agent`);
      case 'registering':
        return warning(
          `is ${admin.name}, which takes no reports of this agent, but polls it`,
          "permit report.Reports/Report in the admin's rules, or update the admin",
        );
      case 'waiting': {
        const [error, problem] = await Promise.all([probe(admin, dialer), own()]);
        if (error === undefined) {
          const cause = problem === undefined ? '' : `: ${problem.message}`;
          return failure(
            `answers, but this agent is not registered${cause}`,
            problem?.fix ?? 'see the log of the agent (cannot register)',
          );
        }
        const { message, fix } = adviceFor(error, problem);
        return failure(`${message}, and this agent is not registered`, fix);
      }
    }
  }
}
