// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

// The callers encode their frames themselves, because a client of grpc-js costs more for each call than the server, and
// would distort the figure.
import { createSecureContext } from 'node:tls';
import { admin } from '@givc/rpc';
import { addresses, adminPort } from '../lab/plan.js';
import { callFields, headerBlock, message } from '../support/http2-frames.js';
import { RawConnection } from '../support/raw-connection.js';
import { now } from './clock.js';
import { material } from './connect.js';
import { loads, type LoadName, type LoadResult } from './load.js';
import { percentile } from './measurement.js';

const callers = 32;
const warmUpMs = 3_000;
const measuredMs = 4_000;

const name = loads.find((known) => known === process.argv[2]);
if (name === undefined) throw new Error(`usage: load-main ${loads.join('|')}`);
const unit = { VmName: 'net-vm', UnitName: 'web.service' };
const { queryList, getUnitStatus } = admin.AdminServiceService;
const calls: Readonly<Record<LoadName, readonly [path: string, request: Buffer]>> = {
  queryList: [queryList.path, queryList.requestSerialize({})],
  unitStatus: [getUnitStatus.path, getUnitStatus.requestSerialize(unit)],
};
const [path, request] = calls[name];
const [headers, body] = [headerBlock(callFields(path)), message(request)];
const connection = await RawConnection.open({
  host: addresses['admin-vm'],
  port: adminPort,
  secureContext: createSecureContext({ ...material(), minVersion: 'TLSv1.3' }),
});
const call = async (): Promise<void> => {
  if ((await connection.call(headers, body)) === 0) throw new Error(`${path} has failed`);
};

/** Every caller calls for this time; returns the duration of each call. */
async function callFor(ms: number): Promise<number[]> {
  const measured: number[] = [];
  const end = now() + ms;
  const caller = async (): Promise<void> => {
    for (let started = now(); started < end;) {
      await call();
      const ended = now();
      measured.push(ended - started);
      started = ended;
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  return measured;
}

await callFor(warmUpMs);
const started = now();
const measured = await callFor(measuredMs);
const result: LoadResult = {
  perSecond: (measured.length / (now() - started)) * 1000,
  p50: percentile(measured, 0.5),
  p99: percentile(measured, 0.99),
};
process.stdout.write(`${JSON.stringify(result)}\n`);
connection.destroy();
