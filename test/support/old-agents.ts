// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { agentUnit, parseVmName, type Endpoint } from '@givc/model';
import { locale } from '@givc/rpc';
import { FakeSystemd } from '@givc/systemd';
import { identityOf, TestRecord, type AgentOptions, type TestSystem } from '@givc/testing';
import { OldAgent, type OldAgentOptions } from './old-agent.js';
import { offeredBy } from './old-config.js';

/** The part of an agent that tests of both implementations use. */
export interface AnyAgent {
  readonly endpoint: Endpoint;
  readonly systemd: FakeSystemd;
  /** The calls that it has answered, in order. */
  readonly record: TestRecord;
  close(): Promise<void>;
}

type Options = Pick<AgentOptions, 'type' | 'subType' | 'parent' | 'capabilities' | 'systemd' | 'port'> &
  Pick<OldAgentOptions, 'handOver'>;

/** Starts an agent of the original implementation with the options of an agent of this repository that it supports. */
export async function startOldAgent(
  system: TestSystem,
  name: string,
  options: Options = {},
): Promise<AnyAgent & Pick<OldAgent, 'hang'>> {
  const { type = 8, subType = type + 1, parent = '', systemd = new FakeSystemd(), port = 0, handOver } = options;
  systemd.define(agentUnit(parseVmName('name', name)), { active: true, description: `GIVC agent of ${name}` });
  const record = new TestRecord();
  const agent = await system.startOther(
    OldAgent.start({
      name,
      admin: system.admin.endpoint,
      identity: identityOf(system.material(name)),
      ...{ systemd, type, subType, parent, port, ...offeredBy(options.capabilities ?? {}) },
      ...(handOver && { handOver }),
      onCall: (rpc, request) => record.add({ time: '', rpc, request: fieldsOf(request), answer: 'OK' }),
    }),
  );
  return { endpoint: agent.endpoint, systemd, record, close: () => agent.stop(), hang: () => agent.hang() };
}

/** The fields that an agent of this repository writes to its audit log. */
function fieldsOf(request: Record<string, unknown>): Record<string, unknown> {
  const { assignments, ...others } = request as { readonly assignments?: readonly locale.LocaleAssignment[] };
  const variables = (assignments ?? []).map(({ key, value }) => [locale.LocaleMacroKey[key], value] as const);
  return { ...others, ...Object.fromEntries(variables) };
}

export type StartAgent = (system: TestSystem, name: string, options?: Options) => Promise<AnyAgent>;

const startOurs: StartAgent = (system, name, options) => system.startAgent(name, options);

/** The implementations of an agent, for scenarios that are the same with each. */
export const agentImplementations: readonly (readonly [title: string, start: StartAgent])[] = [
  ['an agent of this repository', startOurs],
  ['an agent of the original implementation', startOldAgent],
];

/**
 * The combinations of implementations of the agents of the host and of the VMs, for scenarios that are the same with
 * each.
 */
export const agentMixtures: readonly (readonly [title: string, host: StartAgent, vm: StartAgent])[] = [
  ['agents of this repository', startOurs, startOurs],
  ['agents of the original implementation', startOldAgent, startOldAgent],
  ['the original implementation on the host alone', startOldAgent, startOurs],
  ['the original implementation in the VMs alone', startOurs, startOldAgent],
];
