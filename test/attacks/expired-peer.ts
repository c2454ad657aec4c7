// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

// The certificate of a VM expires while it is connected, and the VM keeps its connection and its streams for as long as
// it can.
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { AdminClient } from '@givc/client';
import { messageOf } from '@givc/model';
import { tlsMaterial } from '@givc/testing';
import { attack } from './support.js';

const validSeconds = 8;
/** The maximum time for which a peer may be served after its certificate has expired. */
const lateMs = 4_000;

await attack(async (system) => {
  const admin = await system.startAdmin();
  const notBefore = new Date(Math.floor(Date.now() / 1_000) * 1_000);
  const days = validSeconds / (24 * 60 * 60);
  const material = tlsMaterial(system.authority, { name: 'evil-vm', notBefore, days });
  const end = notBefore.getTime() + validSeconds * 1_000;
  const evil = new AdminClient(admin.endpoint, material);
  system.onEnd(() => evil.close());
  await evil.queryList();
  const hangUp = new AbortController();
  const changes = evil.watchOnce({}, { signal: hangUp.signal });
  const ended = (async () => {
    try {
      for await (const change of changes) void change;
    } catch (error) {
      return messageOf(error);
    }
    return 'it has ended';
  })();
  const limit = new AbortController();
  const late = pause(end + lateMs - Date.now(), 'it is still open', { signal: limit.signal }).catch(() => '');
  const stream = await Promise.race([ended, late]);
  system.check('a stream that was open', stream !== 'it is still open', stream);
  if (Date.now() < end) await once(AbortSignal.timeout(end + 1 - Date.now()), 'abort');
  const call = await evil.queryList().then(() => 'served', messageOf);
  system.check('a call after the end', call !== 'served', call);
  limit.abort();
  hangUp.abort();
});
