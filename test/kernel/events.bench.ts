// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { KernelInputDevices } from '@givc/input';
import { duration, percentile } from '../bench/measurement.js';
import { buttonLeft, end, key, mouse } from '../support/event-pair.js';
import { findDevice } from '../support/find-device.js';
import { EventAgents, original, sending, type Make } from './event-agents.js';
import type { Program } from './program.js';

const [warmUp, presses, tickMs] = [200, 1_000, 10];
const devices = new KernelInputDevices();

/** The CPU time of a process, in milliseconds. */
const cpuTime = ({ pid }: Program): number => {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) * tickMs;
};
const megabytes = ({ pid }: Program): string => {
  const kilobytes = /^Anonymous: +([0-9]+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))![1];
  return (Number(kilobytes) / 1024).toFixed(0);
};

describe('the latency of an event', () => {
  let agents: EventAgents;
  beforeAll(async () => {
    await devices.load();
    agents = new EventAgents();
    await agents.start();
  });
  afterEach(() => agents.stopPrograms());
  afterAll(() => agents.stop());

  const makes: Make[] = original === undefined ? ['ours'] : ['ours', 'original'];
  it.each(makes.flatMap((from) => makes.map((to) => [from, to])))('is measured from %s to %s', async (from, to) => {
    const name = `Bench Mouse of ${from} for ${to}`;
    const made = devices.createAt('givc/bench', mouse(name));
    const { producer, consumer } = await agents.pair(from, to, name);
    const virtual = await findDevice(devices, ({ isOwn, description }) =>
      to === 'ours' ? isOwn && description.name === name : description.name === 'Generic Mouse',
    );
    let onPacket: () => void = () => undefined;
    virtual.read(
      () => onPacket(),
      () => undefined,
    );
    await sending(producer, from);
    const samples: number[] = [];
    let before = 0;
    for (let n = 0; n < warmUp + presses; n++) {
      if (n === warmUp) before = cpuTime(producer) + cpuTime(consumer);
      const arrived = new Promise<void>((resolve) => (onPacket = resolve));
      const started = performance.now();
      made.write([key(buttonLeft, 1 - (n % 2)), end].map((event) => ({ ...event, timestamp: 0 })));
      await arrived;
      if (n >= warmUp) samples.push(performance.now() - started);
      await setTimeout(1);
    }
    const cpu = (cpuTime(producer) + cpuTime(consumer) - before) / presses;
    process.stdout.write(
      `  ${from} to ${to}: ${duration(percentile(samples, 0.5))}, p99 ${duration(percentile(samples, 0.99))}` +
        ` (of ${presses}), CPU time of both ${cpu.toFixed(1)} ms a press,` +
        ` memory ${megabytes(producer)} and ${megabytes(consumer)} MB\n`,
    );
    virtual.close();
    made.destroy();
  });
});
