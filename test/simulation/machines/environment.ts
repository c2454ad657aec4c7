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
  /** The VMs that do not run at the beginning. */
  readonly down: readonly string[];
  /** Whether the admin serves reports; other implementations do not. */
  readonly servesReports: boolean;
  /** The machines whose programs speak version 1 of the report protocol. */
  readonly olderReports: readonly string[];
  readonly heartbeatMs: number;
  /** Whether many answers of service managers arrive late. */
  readonly slowBus: boolean;
  /** The window of each call in each direction, in bytes. */
  readonly window: number;
  /** The factor by which everything takes longer than usual. */
  readonly pace: number;
}

/** The parts of the simulation that machines use. */
export interface Environment {
  readonly scheduler: Scheduler;
  readonly network: Network;
  readonly settings: RunSettings;
  /** A random sequence for one purpose. */
  random(name: string): Random;
  /** The name of the machine with this address. */
  nameOf(ip: string): string;
  /** Reports an error that a daemon has thrown and not caught. */
  onError(process: string, error: unknown): void;
  /** Reports a line that a daemon has logged. */
  onLog(process: string, line: string): void;
  /** Follows a unit, which exists from now on. */
  follow(machine: string, systemd: FakeSystemd, unit: string): Promise<void>;
}
