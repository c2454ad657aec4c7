// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { AdminClient } from '@givc/client';
import { parseListenAddress, parseVmName } from '@givc/model';
import { timed } from '../clock.js';
import { material } from '../connect.js';
import { duration, group, median } from '../measurement.js';
import { certificatesOf, outsideAddress, programs } from '../../lab/plan.js';

const calls = 2_000;

/** Twenty rules, of which only the last permits. */
const rules = [
  ...Array.from(
    { length: 19 },
    (_, n) =>
      `permit(principal == Source::"vm-${n}", action == Command::"StartApplication", resource == Module::"admin")
       when { context has AppName && context.AppName == "app-${n}" };`,
  ),
  'permit(principal == Source::"operator", action, resource);',
].join('\n');

interface Admin {
  readonly client: AdminClient;
  stop(): Promise<void>;
}

/** A separate admin on this side of the bridge. */
async function startAdmin(settings: Readonly<Record<string, string>>): Promise<Admin> {
  const folder = certificatesOf('operator');
  const child: ChildProcess = spawn(`${programs}/bin/givc-admin`, ['--listen', `${outsideAddress}:0`], {
    env: {
      ...{ PATH: process.env['PATH'], TLS: 'true', NAME: 'operator' },
      ...{ CA_CERT: `${folder}/ca-cert.pem`, HOST_CERT: `${folder}/cert.pem`, HOST_KEY: `${folder}/key.pem` },
      ...settings,
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const lines = createInterface({ input: child.stderr! });
  for await (const line of lines) {
    const address = /listening addresses=(\S+)/.exec(line)?.[1];
    if (address === undefined) continue;
    const endpoint = { address: parseListenAddress('admin', address), name: parseVmName('admin', 'operator') };
    const client = new AdminClient(endpoint, material());
    return {
      client,
      stop: async () => {
        client.close();
        child.kill();
        await once(child, 'exit');
      },
    };
  }
  throw new Error('the admin did not start');
}

/**
 * Two kinds of calls, measured alternately under the same conditions: one for which only the identity is checked and
 * nothing is recorded, and one for which twenty rules are evaluated and a record is written to a file. The calls do
 * nothing else.
 */
export const access = group(['accessCost'], async () => {
  const folder = mkdtempSync(join(tmpdir(), 'givc-'));
  const cedarFile = join(folder, 'rules.cedar');
  writeFileSync(cedarFile, rules);
  const plain = await startAdmin({});
  const guarded = await startAdmin({
    ACCESS_CONTROL: 'true',
    CEDAR_FILE: cedarFile,
    GIVC_AUDIT: join(folder, 'audit'),
  });
  const times: Record<'without' | 'with', number[]> = { without: [], with: [] };
  for (let call = -calls / 4; call < calls; call++) {
    const without = await timed(() => plain.client.queryList());
    const withAll = await timed(() => guarded.client.wakeup().catch(() => undefined));
    if (call < 0) continue;
    times.without.push(without);
    times.with.push(withAll);
  }
  await Promise.all([plain.stop(), guarded.stop()]);
  rmSync(folder, { recursive: true });
  const [without, withAll] = [median(times.without), median(times.with)];
  return {
    accessCost: {
      text: `${duration(withAll - without)} (${duration(withAll)} instead of ${duration(without)})`,
      values: { addedMs: withAll - without, withoutMs: without, withMs: withAll },
    },
  };
});
