// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { check, checkClock, checkVersion, parseResults, type CheckResult } from '@givc/checks';
import type { AdminClient } from '@givc/client';
import { formatAddress, GivcError, messageOf, parseText, programVersion, type Endpoint } from '@givc/model';
import type { doctor } from '@givc/rpc';
import { adviceOf, type OwnCertificate } from '../connection/explain.js';

/** The least that all clients of this module need. */
export type CheckingAdmin = Pick<AdminClient, 'runChecks' | 'listMachines'>;

/** Whether the admin can be reached; `error` is that of a call. */
export function reachability(error: unknown, endpoint: Endpoint, own: OwnCertificate | undefined): CheckResult {
  const { ok, failure } = check('admin-reachable', formatAddress(endpoint.address));
  const advice = error === undefined ? undefined : adviceOf(error, endpoint, own);
  return advice
    ? failure(`cannot be reached as ${endpoint.name}: ${advice.problem}`, advice.fix)
    : ok(`answers as ${endpoint.name}`);
}

/** The results of the admin, and of its clock and its version against those of this program. */
export async function adminChecks(
  admin: CheckingAdmin,
  endpoint: Endpoint,
  own: OwnCertificate | undefined,
): Promise<{ readonly results: readonly CheckResult[]; readonly isReachable: boolean }> {
  const sentMs = Date.now();
  let response: doctor.RunChecksResponse;
  try {
    response = await admin.runChecks({ vm: '' });
  } catch (error) {
    const reachable = reachability(error, endpoint, own);
    if (reachable.state !== 'ok') return { results: [reachable], isReachable: false };
    return { results: [reachable, unanswered(error, endpoint.name, 'the admin')], isReachable: true };
  }
  const { results, time_ms, version } = response;
  return {
    results: [
      reachability(undefined, endpoint, own),
      checkClock(endpoint.name, sentMs, time_ms, Date.now()),
      checkVersion(endpoint.name, parseText(version, 64), programVersion),
      ...parseResults(results),
    ],
    isReachable: true,
  };
}

/** The results of the agent of a machine; a line when it cannot be asked. */
export async function agentChecks(admin: CheckingAdmin, vm: string): Promise<readonly CheckResult[]> {
  try {
    const { results } = await admin.runChecks({ vm });
    return parseResults(results);
  } catch (error) {
    return [unanswered(error, vm, `the agent of ${vm}`)];
  }
}

const permission = 'permit (…, action == Command::"RunChecks", resource == Module::"doctor") in the rules that deny it';

/**
 * The fix of a call that a peer has rejected because the certificate of its caller is for another address, which no
 * rule permits; undefined for another reason.
 */
export function certificateFix(error: unknown): string | undefined {
  const [, name, address] =
    /^the certificate of ([a-z0-9.-]+) is not for the address ([0-9a-f.:]+)$/i.exec(messageOf(error)) ?? [];
  return name && `issue the certificate of ${name} with that address (givc-cli certs issue ${name} --ip ${address})`;
}

/** The fix that an admin has sent with its error. */
function fixOf(error: unknown): string | undefined {
  const fix = error instanceof GivcError ? error.info?.metadata?.['fix'] : undefined;
  return fix === undefined ? undefined : parseText(fix, 256);
}

function unanswered(error: unknown, subject: string, daemon: string): CheckResult {
  const { warning, failure } = check('checks-answered', subject);
  const reason = error instanceof GivcError ? error.reason : undefined;
  switch (reason) {
    case 'UNIMPLEMENTED':
    case 'FAILED_PRECONDITION':
      return warning('has no checks: it is of an earlier release or of another program', `update ${daemon}`);
    case 'PERMISSION_DENIED':
      return warning(`denies its checks: ${messageOf(error)}`, certificateFix(error) ?? permission);
    case 'UNAVAILABLE':
    case 'DEADLINE_EXCEEDED':
      return failure(
        `cannot be asked: ${messageOf(error)}`,
        fixOf(error) ?? `is ${daemon} running, and can the admin reach it?`,
      );
    default:
      return failure(`could not run its checks: ${messageOf(error)}`, `see the log of ${daemon}`);
  }
}
