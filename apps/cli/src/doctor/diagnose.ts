// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { check, type CheckResult } from '@givc/checks';
import { AdminClient } from '@givc/client';
import { GivcError, messageOf, unknownVm, type Endpoint, type VmName } from '@givc/model';
import type { report, TlsFiles } from '@givc/rpc';
import type { OwnCertificate } from '../connection/explain.js';
import { inOrder } from './in-order.js';
import { localChecks } from './local-checks.js';
import { adminChecks, agentChecks, certificateFix, reachability, type CheckingAdmin } from './remote-checks.js';

/** A result, and the machine that has found it: `here`, or the name of a machine. */
export interface Finding extends CheckResult {
  readonly machine: string;
}

/** Agents that are asked at the same time. */
const width = 8;

/**
 * Yields the results of this machine, then those of the admin, then those of each agent, in the order of the machines.
 * With a VM, those of its agent instead of those of the admin and of all agents; the VM of the admin has those of the
 * admin as well. NOT_FOUND when the admin knows no such VM.
 */
export async function* diagnose(
  { endpoint, tlsFiles }: { readonly endpoint: Endpoint; readonly tlsFiles: TlsFiles | undefined },
  vm: VmName | undefined,
): AsyncGenerator<Finding> {
  const by =
    (machine: string) =>
    (result: CheckResult): Finding => ({ machine, ...result });
  const local = await localChecks(tlsFiles, endpoint.address);
  yield* local.results.map(by('here'));
  if (!local.isUsable) return;
  const admin = new AdminClient(endpoint, local.material);
  const { material } = local;
  const own = tlsFiles && material && { file: tlsFiles.cert, pem: () => material.cert };
  try {
    if (vm === undefined || vm === endpoint.name) {
      const { results, isReachable } = await adminChecks(admin, endpoint, own);
      const [reachable, ...others] = results;
      yield by('here')(reachable!);
      yield* others.map(by(endpoint.name));
      if (!isReachable) return;
    }
    const known = await machinesOf(admin, vm, endpoint, own);
    if (known.problem) yield by('here')(known.problem);
    else yield* eachAgent(admin, known.machines, vm);
  } finally {
    admin.close();
  }

  async function* eachAgent(
    admin: CheckingAdmin,
    machines: readonly report.Machine[],
    vm: VmName | undefined,
  ): AsyncGenerator<Finding> {
    for (const { name, agent_state } of machines)
      if (agent_state === 'none' && vm !== undefined && vm !== endpoint.name) {
        const { warning } = check('checks-answered', name);
        yield by('here')(warning('has no agent, so it is not checked', `start it (givc-cli start vm ${name})`));
      }
    const asked = machines.filter(({ agent_state }) => agent_state !== 'none').map(({ name }) => name);
    for await (const [name, results] of inOrder(asked, width, (name) => agentChecks(admin, name)))
      yield* results.map(by(name));
  }
}

/** The machines to check, or why they are not known. */
type Listed =
  { readonly machines: readonly report.Machine[]; readonly problem?: undefined } | { readonly problem: CheckResult };

/** The machines to check; a result when the admin does not list them. */
async function machinesOf(
  admin: CheckingAdmin,
  vm: VmName | undefined,
  endpoint: Endpoint,
  own: OwnCertificate | undefined,
): Promise<Listed> {
  let machines: readonly report.Machine[];
  try {
    ({ machines } = await admin.listMachines());
  } catch (error) {
    const reachable = reachability(error, endpoint, own);
    if (reachable.state !== 'ok' || !(error instanceof GivcError)) return { problem: reachable };
    const { warning } = check('checks-answered', endpoint.name);
    return {
      problem: warning(
        `does not list its machines: ${messageOf(error)}`,
        certificateFix(error) ?? 'update the admin, or permit ListMachines',
      ),
    };
  }
  if (vm === undefined) return { machines };
  const found = machines.filter(({ name }) => name === vm);
  if (found.length > 0 || vm === endpoint.name) return { machines: found };
  throw unknownVm(
    vm,
    machines.map(({ name }) => name),
  );
}
