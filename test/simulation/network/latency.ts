// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { Random } from '../../model/random.js';

/** The latency of packets: mostly as on one computer, sometimes as when one of its machines is busy. */
export class Latency {
  constructor(
    private readonly random: Random,
    /** The factor by which packets take longer. */
    private readonly pace: number,
  ) {}

  /** At least 0, less than 1. */
  chance(): number {
    return this.random.next();
  }

  /** The latency of the next packet, in milliseconds. */
  next(): number {
    const chance = this.random.next();
    const [least, most] = chance < 0.85 ? [0.05, 0.8] : chance < 0.97 ? [0.8, 30] : [30, 400];
    return (least + (most - least) * this.random.next()) * this.pace;
  }
}
