// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { fileURLToPath } from 'node:url';
import { output } from '../../lab/run.js';
import { duration, group, times } from '../measurement.js';

interface Measured {
  readonly samples: readonly number[];
  readonly behindMs: number;
  readonly sent: number;
  readonly packets: number;
}

/** Without the kernel's part of a few microseconds, because machines of the lab have no input devices. */
export const input = group(['inputEvent', 'inputFlood'], async () => {
  const file = (name: string) => fileURLToPath(new URL(name, import.meta.url));
  const program = [process.execPath, file('../../../scripts/run-decorated.mjs'), file('../input-main.ts')];
  const { samples, behindMs, sent, packets } = JSON.parse(await output(program)) as Measured;
  return {
    inputEvent: times(samples),
    inputFlood: {
      text: `${duration(behindMs)} behind, in ${packets} packets of ${sent}`,
      values: { behindMs, packets, sent },
    },
  };
});
