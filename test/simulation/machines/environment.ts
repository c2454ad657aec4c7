// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { FakeSystemd } from '@givc/systemd';
import type { Random } from '../../model/random.js';
import type { Network } from '../network/network.js';
import type { Scheduler } from '../time/scheduler.js';

/** The settings of a run. */
export interface RunSettings {
  readonly guiVm: boolean;
  readonly chromeVm: boolean;
  /** VMs that do not run in the beginning. */
  readonly down: readonly string[];
  /** Whether the admin serves reports; other implementations do not. */
  readonly servesReports: boolean;
  readonly heartbeatMs: number;
  /** Whether many answers of service managers come late. */
  readonly slowBus: boolean;
  /** In bytes, of each call in each direction. */
  readonly window: number;
  /** How many times as long as usual everything takes. */
  readonly pace: number;
}

/** The parts of the simulation that machines use. */
export interface Surroundings {
  readonly scheduler: Scheduler;
  readonly network: Network;
  readonly settings: RunSettings;
  /** A random sequence for one purpose. */
  random(name: string): Random;
  /** The name of the machine with this address. */
  nameOf(ip: string): string;
  /** A daemon has thrown an error that was not caught. */
  onError(process: string, error: unknown): void;
  /** A daemon has logged a line. */
  onLog(process: string, line: string): void;
  /** A unit exists from now on. */
  follow(machine: string, systemd: FakeSystemd, unit: string): Promise<void>;
}
