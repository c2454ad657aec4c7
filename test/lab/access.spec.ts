// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { connectAdmin } from '../bench/connect.js';
import { amidHalfOpen } from '../support/half-open.js';
import { type Lab } from './lab.js';
import { adminPort, agentPort, addresses, cliProgram } from './plan.js';
import { run } from './run.js';
import { sharedLab } from './shared-lab.js';

describe('access', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await sharedLab();
  });

  it.each([
    ['a stranger, whose certificate another authority has signed', 'stranger'],
    ['a caller whose certificate has expired', 'expired'],
    ['a caller from an address that its certificate does not name', 'elsewhere'],
    ['a caller whose certificate is for servers only', 'server'],
  ])('is denied to %s', async (_who, name) => {
    const { status, stdout, stderr } = await lab.cli(['query'], name);
    expect(status).not.toBe(0);
    expect(stdout).toBe('');
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });

  it('is denied to a caller without a certificate', async () => {
    const { status } = await lab.cli(['--notls', 'query']);
    expect(status).not.toBe(0);
  });

  it('is denied to a caller that speaks TLS 1.2', async () => {
    const { GIVC_CA_CERT, GIVC_HOST_CERT, GIVC_HOST_KEY } = lab.cliEnvironment();
    const files = ['-CAfile', GIVC_CA_CERT!, '-cert', GIVC_HOST_CERT!, '-key', GIVC_HOST_KEY!];
    const at = ['-connect', `${addresses['admin-vm']}:${adminPort}`, '-alpn', 'h2'];
    expect(await run(['openssl', 's_client', ...at, ...files, '-tls1_3'])).toMatchObject({ status: 0 });
    const old = await run(['openssl', 's_client', ...at, ...files, '-tls1_2']);
    expect(old.status).not.toBe(0);
    expect(old.stderr).toMatch(/protocol version/);
  });

  it('is not denied to a permitted caller while 1,000 handshakes of its address are half open', async () => {
    const admin = connectAdmin();
    await admin.queryList();
    await amidHalfOpen(adminPort, addresses['admin-vm'], async () => {
      expect(await admin.queryList()).toHaveProperty('List');
      expect(await lab.cli(['query'])).toMatchObject({ status: 0 });
    });
    admin.close();
  });

  it('is broken off by the caller when the certificate of the server has another name', async () => {
    const { status, stderr } = await run([cliProgram, 'query'], {
      environment: { ...lab.cliEnvironment(), GIVC_ADDR: addresses['net-vm'], GIVC_PORT: String(agentPort) },
    });
    expect(status).not.toBe(0);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});
