// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { GivcError } from '@givc/model';
import { GrpcDialer, readTlsMaterial, RpcChannel, services, TlsIdentity, type TlsMaterial } from '@givc/rpc';
import { endpointOf } from '../bench/connect.js';
import { waitLimitMs } from './limits.js';
import { agentPort, authorityFolder, cliProgram, labFolder, outsideAddress, type MachineName } from './plan.js';
import { output } from './run.js';

const { startUnit } = services['systemd.UnitControlService'];

/** Callers from outside the machines, with certificates of the lab's authority. */
export class Callers {
  readonly #folder = mkdtempSync(join(labFolder, 'callers-'));

  async material(name: string): Promise<TlsMaterial> {
    const folder = join(this.#folder, name);
    await output([
      ...[cliProgram, 'certs', 'issue', name, '--ip', outsideAddress],
      ...['--authority', authorityFolder, '--out', folder],
    ]);
    return readTlsMaterial({ ca: `${folder}/ca-cert.pem`, cert: `${folder}/cert.pem`, key: `${folder}/key.pem` });
  }

  async channel(name: string, machine: MachineName): Promise<RpcChannel> {
    return new RpcChannel(endpointOf(machine, agentPort), new GrpcDialer(new TlsIdentity(await this.material(name))));
  }

  async caller(name: string, machine: MachineName): Promise<Caller> {
    return new Caller(name, await this.channel(name, machine));
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true });
  }
}

/** Calls the agent of a machine to start a unit, and counts its answers. */
export class Caller {
  readonly answers: Record<string, number> = {};

  constructor(
    readonly name: string,
    private readonly channel: RpcChannel,
  ) {}

  get calls(): number {
    return Object.values(this.answers).reduce((sum, count) => sum + count, 0);
  }

  async start(unit: string): Promise<string> {
    const answer = await this.channel.unary(startUnit, { UnitName: unit }, { deadlineMs: waitLimitMs }).then(
      () => 'OK',
      (error: unknown) => {
        if (error instanceof GivcError) return error.reason;
        throw error;
      },
    );
    this.answers[answer] = (this.answers[answer] ?? 0) + 1;
    return answer;
  }

  /** Makes this number of calls, at most sixteen at a time. */
  async startOften(unit: string, calls: number): Promise<void> {
    let left = calls;
    const one = async () => {
      while (left-- > 0) await this.start(unit);
    };
    await Promise.all(Array.from({ length: 16 }, one));
  }

  close(): void {
    this.channel.close();
  }
}
