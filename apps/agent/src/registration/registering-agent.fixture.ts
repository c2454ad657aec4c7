// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Log } from '@givc/log';
import type { Address, UnitName } from '@givc/model';
import { GrpcDialer, type GrpcServer, type report } from '@givc/rpc';
import { FakeSystemd } from '@givc/systemd';
import { parseAgentConfig } from '../agent.config.js';
import type { UnitAllowlist } from '../config/unit-allowlist.js';
import { FakeAdminChannel } from './admin-channel.fixture.js';
import { BootId } from './boot-id.js';
import { ConfiguredUnits } from './configured-units.js';
import { RegistrationService } from './registration.service.js';
import { TrackedUnits } from './tracked-units.js';

export const web = 'web.service' as UnitName;
export const secondMs = 1_000;

/** The registration of an agent with one running unit; the test controls its admin, its systemd and its clock. */
export class RegisteringAgent {
  readonly admin = FakeAdminChannel.install();
  readonly systemd = new FakeSystemd();
  readonly units = new TrackedUnits(this.systemd);
  /** The log lines of the agent. */
  readonly lines: string[] = [];
  readonly service: RegistrationService;
  readonly allowlist: UnitAllowlist;
  /** The result of its server's start. */
  listens!: (failure?: Error) => void;

  /** Until `end()`. */
  static onVirtualClock(): RegisteringAgent {
    jest.useFakeTimers();
    return new RegisteringAgent();
  }

  constructor(addresses: readonly Address[] = [{ protocol: 'tcp', host: '127.0.0.1', port: 4711 }]) {
    this.systemd.define(web, { active: true });
    const transport = (name: string, port: string) => ({ name, addr: '127.0.0.1', port, protocol: 'tcp' });
    const { settings, allowlist } = parseAgentConfig({
      identity: { type: 8, subType: 9, name: 'net-vm' },
      network: {
        admin: { transport: transport('admin-vm', '9001'), heartbeatMs: 3_000 },
        agent: { transport: transport('net-vm', '9000') },
        tls: { enable: false },
      },
      capabilities: { services: [web] },
    });
    this.allowlist = allowlist;
    const listening = new Promise<void>((resolve, reject) => {
      this.listens = (failure) => (failure ? reject(failure) : resolve());
    });
    this.service = new RegistrationService(
      settings,
      { listening, addresses } as unknown as GrpcServer,
      new ConfiguredUnits(settings, allowlist, this.systemd, this.units),
      this.units,
      new Log('debug', (line) => this.lines.push(line.trimEnd()), false),
      new BootId('boot 1'),
      new GrpcDialer(undefined),
    );
  }

  /** Starts it, and resolves when it waits for a connection. */
  async start(): Promise<void> {
    this.service.onApplicationBootstrap();
    this.listens();
    await settled();
  }

  /** Its configuration names these services from now on. */
  async reconfigure(...services: readonly UnitName[]): Promise<void> {
    this.allowlist.replace({ ...this.allowlist.units, services });
    await settled();
  }

  /** Starts it, with a connection to its admin. */
  async report(): Promise<void> {
    await this.start();
    this.admin.become('READY');
  }

  /** The snapshot that began its last stream. */
  get snapshot(): report.Snapshot {
    const [first] = this.admin.stream.sent;
    if (first?.$case !== 'snapshot') throw new Error('a stream begins with a snapshot');
    return first.value;
  }

  /** The state of its unit in the snapshot. */
  get stateInSnapshot(): string {
    return this.snapshot.entries[0]!.registration!.State!.ActiveState;
  }

  stop(): void {
    this.service.onApplicationShutdown();
    this.units.onApplicationShutdown();
  }

  /** Stops the agent, and checks that no timer is left. */
  end(): void {
    this.stop();
    expect(jest.getTimerCount()).toBe(0);
    jest.useRealTimers();
    jest.restoreAllMocks();
  }
}

/** Resolves once pending work is done. */
export const settled = (): Promise<void> => jest.advanceTimersByTimeAsync(0);
