// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Access, Audit, Authorizer } from '@givc/access';
import { transportOf } from '@givc/model';
import { GrpcServer, type admin, type report } from '@givc/rpc';
import { FakeAgents } from '../agents/agents.fixture.js';
import {
  agentEntry,
  endpointOf,
  newRegistry,
  runningStatus,
  unitNamed,
  vmNamed,
} from '../registry/registry.fixture.js';
import { FakeReportCall, snapshot } from './report-call.fixture.js';
import { ReportService } from './report.service.js';

export const netVm = vmNamed('net-vm');
/** The agent of net-vm. */
export const agentUnit = 'givc-net-vm.service';

/** The registration of an agent. */
export const agentOf = (vm = 'net-vm', fields: Partial<admin.RegistryRequest> = {}): admin.RegistryRequest => {
  const { unit, status } = agentEntry(vm);
  return { Name: unit, Parent: '', Type: 8, Transport: transportOf(endpointOf(vmNamed(vm))), State: status, ...fields };
};
/** The registration of a running unit of net-vm. */
export const unitOf = (Name: string, fields: Partial<admin.RegistryRequest> = {}): admin.RegistryRequest => ({
  Name,
  Parent: agentUnit,
  Type: 9,
  Transport: undefined,
  State: runningStatus(unitNamed(Name)),
  ...fields,
});
export const entryOf = (registration: admin.RegistryRequest): report.Entry => ({
  registration,
  ending: undefined,
  since_ms: 0,
});

/** A service that accepts the reports of agents, with its own registry, audit log and agents. */
export function newReports() {
  const { registration, units, store, presence, log, lines, list } = newRegistry();
  const record: Record<string, unknown>[] = [];
  const write = (line: string) => void record.push(JSON.parse(line) as Record<string, unknown>);
  const audit = new Audit({ write, reload: () => undefined, close: () => undefined });
  const access = new Access({ identity: undefined, rules: undefined, audit, denial: 'denied' });
  const authorizer = new Authorizer(access, audit, log);
  const agents = new FakeAgents(({ unit }) => Promise.resolve(runningStatus(unit)));
  const server = new GrpcServer({ listen: [], tls: undefined, services: [] });
  const reports = new ReportService(registration, units, presence, agents.connections, audit, authorizer, server, log);

  /** A stream of an agent, and its outcome. */
  const open = (vm: string | undefined = 'net-vm') => {
    const stream = new FakeReportCall(vm);
    const opened: { readonly stream: FakeReportCall; end: string | undefined } = { stream, end: undefined };
    reports.accept(stream.call).then(
      () => (opened.end = 'by the agent'),
      (error: { reason: string; message: string }) => (opened.end = `${error.reason}: ${error.message}`),
    );
    return opened;
  };
  /** A stream of the agent of net-vm that begins with a snapshot of these units. */
  const openWith = (units: string[], fields: Partial<report.Snapshot> = {}) => {
    const opened = open();
    const entries = units.map((name) => entryOf(unitOf(name)));
    opened.stream.send(snapshot({ agent: agentOf(), entries, boot_id: 'boot', ...fields }));
    return opened;
  };
  return { registration, store, reports, agents, lines, record, list, open, openWith };
}
/** Creates the service before each test of a spec. */
export type Reports = ReturnType<typeof newReports>;
