// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { recordedLines } from './record.js';
import { addresses, adminPort, certificatesOf } from './plan.js';
import { output } from './run.js';
import { sharedLab } from './shared-lab.js';

const traceId = randomBytes(16).toString('hex');
const itWithGrpcurl = spawnSync('sh', ['-c', 'command -v grpcurl']).status === 0 ? it : it.skip;

describe('the trace of a call', () => {
  itWithGrpcurl('is in the audit logs of the admin and of the agent, and in the history', async () => {
    const lab = await sharedLab();
    const folder = certificatesOf('operator');
    await output([
      ...['grpcurl', '-H', `traceparent: 00-${traceId}-00f067aa0ba902b7-01`, '-authority', 'admin-vm'],
      ...['-cacert', `${folder}/ca-cert.pem`, '-cert', `${folder}/cert.pem`, '-key', `${folder}/key.pem`],
      ...['-d', '{"VmName":"net-vm","ServiceName":"web.service"}'],
      ...[`${addresses['admin-vm']}:${adminPort}`, 'admin.AdminService/StartService'],
    ]);
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
