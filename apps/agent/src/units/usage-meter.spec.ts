// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { UsageMeter } from './usage-meter.js';

const second = 1_000_000_000n;
const reading = (cpu: bigint, active: bigint) => ({ cpuNsec: cpu, activeNsec: active, memoryBytes: 256, tasks: 1 });

describe('a usage meter', () => {
  it('begins with the average since the unit became active, and continues from reading to reading', () => {
    const meter = new UsageMeter(1024);
    expect(meter.read(reading(second, 10n * second))).toEqual({ cpu_usage: 10, memory_usage: 25 });
    expect(meter.read(reading(3n * second, 11n * second)).cpu_usage).toBe(200);
    expect(meter.read(reading(3n * second, 12n * second)).cpu_usage).toBe(0);
  });

  it('begins again when the unit was restarted', () => {
    const meter = new UsageMeter(1024);
    meter.read(reading(5n * second, 10n * second));
    expect(meter.read(reading(second / 2n, second)).cpu_usage).toBe(50);
  });

  it('returns zero for a unit that has just become active', () => {
    expect(new UsageMeter(1024).read(reading(0n, 0n)).cpu_usage).toBe(0);
  });
});
