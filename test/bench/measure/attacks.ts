// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { createSecureContext } from 'node:tls';
import { connectAdmin, material } from '../connect.js';
import { timed } from '../clock.js';
import { group, times } from '../measurement.js';
import { Random } from '../../lab/fuzz/random.js';
import { sendRandom } from '../../lab/fuzz/send-random.js';
import { addresses, adminPort } from '../../lab/plan.js';
import { amidHalfOpen } from '../../support/half-open.js';

const [calls, repetitions, frames] = [201, 10, 5_000];

/** The effect of an attack by one caller on the calls of others. */
export const attacks = group(['halfOpen', 'randomFrames'], async ({ admin }) => {
  const amid: number[] = [];
  await amidHalfOpen(adminPort, addresses['admin-vm'], async () => {
    for (let done = 0; done < calls; done++) amid.push(await timed(() => admin.queryList()));
  });
  const secureContext = createSecureContext({ ...material(), minVersion: 'TLSv1.3' });
  const target = { host: addresses['admin-vm'], port: adminPort, secureContext };
  const random = new Random(1);
  const firsts: number[] = [];
  for (let repetition = 0; repetition < repetitions; repetition++) {
    await sendRandom(target, random, frames);
    const newcomer = connectAdmin();
    firsts.push(await timed(() => newcomer.queryList()));
    newcomer.close();
  }
  return { halfOpen: times(amid), randomFrames: times(firsts) };
});
