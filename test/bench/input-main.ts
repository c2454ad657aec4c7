// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

// Runs both ends of an event proxy in this process, with fake devices. Measures the time from an event of the device
// until its virtual device has it, one event after the other, and the events that arrive from a mouse of 8 kHz. Prints
// JSON.
import 'reflect-metadata';
import { setTimeout } from 'node:timers/promises';
import { buttonLeft, end, EventPair, key, mouse, move, x } from '../support/event-pair.js';

const [warmUp, presses, floodMs, perMs] = [500, 3_000, 2_000, 8];

const pair = await EventPair.start();
const device = pair.devices.plug(mouse());
await pair.logged('events of a device are sent');
const virtual = pair.virtual.open((await pair.replayed('Optical Mouse')).path);
let [packets, moved] = [0, 0];
let onPacket: () => void = () => undefined;
virtual.read(
  (packet) => {
    packets++;
    for (const { type, code, value } of packet) if (type === 2 && code === x) moved += value;
    onPacket();
  },
  () => undefined,
);

const samples: number[] = [];
for (let n = -warmUp; n < presses; n++) {
  const arrived = new Promise<void>((resolve) => (onPacket = resolve));
  const started = performance.now();
  device.emit(key(buttonLeft, 1 - Math.abs(n % 2)), end);
  await arrived;
  if (n >= 0) samples.push(performance.now() - started);
  // A person pauses before pressing the next button.
  await setTimeout(1);
}

packets = 0;
let sent = 0;
const started = performance.now();
while (performance.now() - started < floodMs) {
  const due = Math.floor((performance.now() - started) * perMs);
  for (; sent < due; sent++) device.emit(move(x, 1), end);
  await setTimeout(1);
}
const ended = performance.now();
while (moved < sent) await new Promise<void>((resolve) => (onPacket = resolve));
const behindMs = performance.now() - ended;
await pair.stop();
process.stdout.write(JSON.stringify({ samples, behindMs, sent, packets }));
process.exit(0);
