// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { recordedLines } from './record.js';
import type { Lab } from './lab.js';
import { addresses, adminPort, certificatesOf, cliProgram } from './plan.js';
import { output } from './run.js';
import { sharedLab } from './shared-lab.js';

const hasGrpcurl = spawnSync('sh', ['-c', 'command -v grpcurl']).status === 0;
if (!hasGrpcurl) process.stderr.write('SKIPPED: a traced call by grpcurl, which is not installed\n');

const traceparent = (traceId: string): string => `00-${traceId}-00f067aa0ba902b7-01`;

const callers: Readonly<Record<string, (lab: Lab, traceId: string) => Promise<unknown>>> = {
  'givc-cli': (lab, traceId) =>
    output([cliProgram, 'start', 'service', 'web.service', '--vm', 'net-vm'], {
      environment: { ...lab.cliEnvironment(), TRACEPARENT: traceparent(traceId) },
    }),
  ...(hasGrpcurl && {
    grpcurl: (_lab, traceId) => {
      const folder = certificatesOf('operator');
      return output([
        ...['grpcurl', '-H', `traceparent: ${traceparent(traceId)}`, '-authority', 'admin-vm'],
        ...['-cacert', `${folder}/ca-cert.pem`, '-cert', `${folder}/cert.pem`, '-key', `${folder}/key.pem`],
        ...['-d', '{"VmName":"net-vm","ServiceName":"web.service"}'],
        ...[`${addresses['admin-vm']}:${adminPort}`, 'admin.AdminService/StartService'],
      ]);
    },
  }),
};

describe('the trace of a call', () => {
  it.each(Object.keys(callers))('of %s is in the audit logs of admin and agent, and in the history', async (name) => {
    const lab = await sharedLab();
    const traceId = randomBytes(16).toString('hex');
    await callers[name]!(lab, traceId);
    const traced = async (name: 'admin-vm' | 'net-vm') =>
      (await recordedLines(lab.machine(name)))
        .map((line) => JSON.parse(line) as { rpc?: string; peer?: string; trace_id?: string })
        .filter(({ trace_id: trace }) => trace === traceId)
        .map(({ rpc, peer }) => [peer, rpc]);
    const start = ['operator', '/admin.AdminService/StartService'];
    expect(await traced('admin-vm')).toEqual([start, start]);
    const startUnit = ['admin-vm', '/systemd.UnitControlService/StartUnit'];
    expect(await traced('net-vm')).toEqual([startUnit, startUnit]);
    const { stdout } = await lab.cli(['history', '--trace', traceId, '--as-json']);
    expect(JSON.parse(stdout)).toMatchObject({ event: 'command', unit: 'web.service', trace_id: traceId });
  });
});
