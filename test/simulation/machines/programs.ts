// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { DynamicModule, INestMicroservice, Type } from '@nestjs/common';
import { Test, type TestingModuleBuilder } from '@nestjs/testing';
import { Access, Audit } from '@givc/access';
import { Log } from '@givc/log';
import { parseVmName, type Address } from '@givc/model';
import { Dialer, GrpcServer, type ServiceName } from '@givc/rpc';
import type { Systemd } from '@givc/systemd';
import type { AdminConfig } from '../../../apps/admin/src/admin.config.js';
import { AdminModule, adminServices } from '../../../apps/admin/src/admin.module.js';
import { HistoryFiles } from '../../../apps/admin/src/history/history-files.js';
import { RegistryStorage } from '../../../apps/admin/src/persistence/registry-storage.js';
import { parseAgentConfig } from '../../../apps/agent/src/agent.config.js';
import { AgentModule, servicesOf } from '../../../apps/agent/src/agent.module.js';
import { BootId } from '../../../apps/agent/src/registration/boot-id.js';
import { SimulatedDialer, type CallTap } from '../network/dialer.js';
import { certificateOf } from '../network/certificates.js';
import type { Interface } from '../network/interface.js';
import type { Network } from '../network/network.js';
import type { Rewriting } from '../network/older-reports.js';
import { SimulatedServer } from '../network/server.js';
import type { SimulatedProcess } from '../time/simulated-process.js';
import { adminAddress, adminVm, agentFile, agentPort, managedVms, vmUnit, type AgentPlan } from './layout.js';
import { MemoryFiles } from './memory-files.js';
import { MemoryStorage, type StateDirectory } from './memory-storage.js';

/** Where a program runs, and the parts of the simulation that it uses. */
export interface Place {
  readonly process: SimulatedProcess;
  readonly network: Network;
  readonly at: Interface;
  /** The window of each call in each direction, in bytes. */
  readonly window: number;
  /** Observes the calls that the program makes. */
  readonly tap?: CallTap;
  /** Changes the messages of these calls. */
  readonly rewriting?: Rewriting;
  /** The name of the machine with this address. */
  nameOf(ip: string): string;
  onLog(line: string): void;
}

/** A daemon of the product that runs in a process of the simulation. */
export interface Program {
  readonly process: SimulatedProcess;
  readonly transport: SimulatedServer;
  get<T>(type: Type<T> | (abstract new (...args: never[]) => T)): T;
  /** Stops the daemon as at SIGTERM; resolves when it would exit. */
  close(): Promise<void>;
}

interface Parts {
  readonly transport: SimulatedServer;
  readonly log: Log;
  readonly access: Access;
  readonly server: GrpcServer;
}

/** The configuration that `main.ts` reads and hands to the module. */
function partsOf(place: Place, services: readonly ServiceName[], address: Address): Parts {
  const { process, network, at, window, nameOf } = place;
  const log = new Log('debug', (line) => place.onLog(line.trimEnd()), false);
  const audit = new Audit({ write: () => undefined, reload: () => undefined, close: () => undefined });
  const access = new Access({ identity: undefined, rules: undefined, audit, denial: 'denied' });
  const transport = new SimulatedServer(network, process, at, {
    address,
    window,
    certificateOf: (ip) => certificateOf(nameOf(ip), ip),
  });
  return { log, access, transport, server: new GrpcServer({ listen: [address], tls: undefined, services, transport }) };
}

async function start(
  { process, network, at, window, tap, rewriting }: Place,
  { server, transport }: Parts,
  module: DynamicModule,
  override: (builder: TestingModuleBuilder) => TestingModuleBuilder,
): Promise<Program> {
  const builder = Test.createTestingModule({ imports: [module] })
    .overrideProvider(Dialer)
    .useValue(new SimulatedDialer(network, process, at, window, tap, rewriting));
  const compiled = await override(builder).compile();
  const application: INestMicroservice = compiled.createNestMicroservice({ strategy: server, logger: false });
  await application.listen();
  return {
    process,
    transport,
    get: <T>(type: Type<T> | (abstract new (...args: never[]) => T)) => application.get<T>(type, { strict: false }),
    close: () => application.close(),
  };
}

export interface AdminSettings {
  /** An admin without reports, like those of other implementations. */
  readonly servesReports: boolean;
}

/** So small that a run fills it. */
export const historyBytes = 48 * 1_024;

export function startAdmin(
  place: Place,
  directory: StateDirectory,
  { servesReports }: AdminSettings,
): Promise<Program> {
  const services = servesReports ? adminServices : adminServices.filter((name) => name !== 'report.Reports');
  const parts = partsOf(place, services, adminAddress);
  const config: AdminConfig = {
    listen: [adminAddress],
    access: { tls: undefined, revocations: undefined, rules: undefined, audit: undefined },
    name: parseVmName('name', adminVm),
    hostName: undefined,
    monitoring: true,
    stateDirectory: '/nonexistent',
    ctapVm: parseVmName('ctapVm', 'gui-vm'),
    bootLimitMs: 30_000,
    services: [...managedVms, 'host'].map(vmUnit),
    agentSockets: [],
    settings: { localeFile: '/nonexistent', timezoneFile: '/nonexistent', zoneDatabase: '/nonexistent' },
    history: { folder: '/nonexistent', maxBytes: historyBytes },
    policies: undefined,
    metrics: undefined,
    logLevel: 'debug',
    warnings: [],
  };
  const { log, access, server } = parts;
  return start(place, parts, AdminModule.register(config, access, server, log), (builder) =>
    builder
      .overrideProvider(RegistryStorage)
      .useValue(new MemoryStorage(directory, place.process))
      .overrideProvider(HistoryFiles)
      .useValue(new MemoryFiles(directory, place.process)),
  );
}

export interface AgentSettings {
  readonly heartbeatMs: number;
  readonly bootId: BootId;
}

export function startAgent(
  place: Place,
  plan: AgentPlan,
  systemd: Systemd,
  { heartbeatMs, bootId }: AgentSettings,
): Promise<Program> {
  const config = parseAgentConfig(agentFile(plan, heartbeatMs));
  const address: Address = { protocol: 'tcp', host: plan.ip, port: agentPort };
  const parts = partsOf(place, servicesOf(config), address);
  const { log, access, server } = parts;
  return start(place, parts, AgentModule.register(config, access, server, log, systemd), (builder) =>
    builder.overrideProvider(BootId).useValue(bootId),
  );
}
