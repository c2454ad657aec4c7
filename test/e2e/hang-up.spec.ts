// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { ClientHttp2Session } from 'node:http2';
import type { UnitName } from '@givc/model';
import { services } from '@givc/rpc';
import { TestSystem, type TestAgent } from '@givc/testing';
import { framed, rawSession } from '../support/raw-call.js';

const { stopUnit } = services['systemd.UnitControlService'];
const web = 'web.service' as UnitName;

describe('a caller that hangs up', () => {
  let system: TestSystem;
  let agent: TestAgent;
  let session: ClientHttp2Session;

  beforeEach(async () => {
    system = await TestSystem.start();
    agent = await system.startAgent('net-vm', { capabilities: { services: [web] } });
    agent.systemd.define(web, { active: true });
    session = await rawSession(agent.endpoint, system.material('evil-vm')!);
  });
  afterEach(async () => {
    session.destroy();
    await system.close();
  });

  /** Sends the whole request. */
  const stop = (): void => {
    const stream = session.request({
      ':method': 'POST',
      ':path': stopUnit.path,
      'content-type': 'application/grpc',
      te: 'trailers',
    });
    stream.on('error', () => undefined);
    stream.end(framed(stopUnit.requestSerialize({ UnitName: web })));
  };

  it('is in the audit log with its name and its address', async () => {
    const release = agent.systemd.holdStops(web);
    const stopping = new Promise<void>((resolve) => {
      void agent.systemd.watchUnit(web, ({ ActiveState }) => ActiveState === 'deactivating' && resolve());
    });
    stop();
    await stopping;
    session.destroy();
    expect(await agent.record.next('CANCELLED')).toMatchObject({ peer: 'evil-vm', address: '127.0.0.1' });
    release();
  });

  it('is in the audit log with its call although it waits for no answer', async () => {
    agent.systemd.holdStops(web);
    const stopping = new Promise<void>((resolve) => {
      void agent.systemd.watchUnit(web, ({ ActiveState }) => ActiveState === 'deactivating' && resolve());
    });
    stop();
    await stopping;
    expect(agent.record.begun).toMatchObject([
      { peer: 'evil-vm', address: '127.0.0.1', rpc: stopUnit.path, request: { UnitName: web }, phase: 'began' },
    ]);
    const { call } = agent.record.begun[0]!;
    session.destroy();
    expect(await agent.record.next('CANCELLED')).toMatchObject({ call, phase: 'ended' });
  });
});
