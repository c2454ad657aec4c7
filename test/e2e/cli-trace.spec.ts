// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { TestSystem, type TestAgent } from '@givc/testing';
import { RegistryStore } from '../../apps/admin/src/registry/registry-store.js';
import { itInProcess } from '../../apps/cli/src/running-cli.fixture.js';
import { cli } from '../support/cli.js';

const web = 'web.service';
const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';

describe('the trace of a command', () => {
  let system: TestSystem;
  let agent: TestAgent;
  const variables = ['TRACEPARENT', 'TRACESTATE'] as const;

  beforeEach(async () => {
    system = await TestSystem.start({ tls: false });
    agent = await system.startAgent('net-vm', { capabilities: { services: [web] } });
    agent.systemd.define(web);
    await system.untilRegistered('net-vm');
  });
  afterEach(async () => {
    for (const name of variables) delete process.env[name];
    jest.restoreAllMocks();
    await system.close();
  });

  const startWeb = () => cli(system, 'start', 'service', web, '--vm', 'net-vm', '--verbose');
  /** The trace of each line that the last command has caused in the audit log of the admin and of the agent. */
  const recorded = (): (string | undefined)[] =>
    [system.admin, agent].map(({ record }) => record.lines.at(-1)?.trace_id);

  it('is a new one, which --verbose prints, and which is in the audit log of each machine', async () => {
    const { status, out, err } = await startWeb();
    expect([status, out]).toEqual([0, expect.any(String)]);
    expect(err).toMatch(/^givc-cli: trace [0-9a-f]{32}\n$/);
    const [, id] = /trace ([0-9a-f]+)/.exec(err)!;
    expect(recorded()).toEqual([id, id]);
    expect((await cli(system, 'start', 'service', web, '--vm', 'net-vm')).err).toBe('');
    expect(recorded()[0]).not.toBe(id);
  });

  it('is that of TRACEPARENT, unless it is not valid', async () => {
    process.env['TRACEPARENT'] = `00-${traceId}-00f067aa0ba902b7-01`;
    process.env['TRACESTATE'] = 'congo=t61rcWkgMzE';
    expect((await startWeb()).err).toBe(`givc-cli: trace ${traceId}\n`);
    expect(recorded()).toEqual([traceId, traceId]);
    process.env['TRACEPARENT'] = `00-${traceId.toUpperCase()}-00f067aa0ba902b7-01`;
    expect((await startWeb()).err).toMatch(/^givc-cli: trace [0-9a-f]{32}\n$/);
    expect(recorded()[0]).not.toMatch(new RegExp(traceId, 'i'));
  });

  itInProcess('is in the message of a failure that only the log explains, and in that log', async () => {
    process.env['TRACEPARENT'] = `00-${traceId}-00f067aa0ba902b7-01`;
    jest.spyOn(RegistryStore.prototype, 'list').mockImplementation(() => {
      throw new TypeError('a bug');
    });
    expect(await cli(system, 'query')).toEqual({
      status: 1,
      out: '',
      err: `givc-cli: internal error; the log of this daemon says more (trace ${traceId})\n`,
    });
    expect(system.admin.lines.find((line) => line.startsWith('error: rpc failed'))).toMatch(`trace_id=${traceId}`);
  });
});
