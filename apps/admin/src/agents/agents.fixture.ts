// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Listeners } from '@givc/events';
import { agentUnit, GivcError, type UnitName, type UnitStatus, type VmName } from '@givc/model';
import type { ChannelState } from '@givc/rpc';
import { isAnswer, type AgentCallSettings, type AgentConnection } from './agent-connection.js';
import type { AgentConnections } from './agent-connections.js';

/** A call to an agent about a unit. */
export type UnitCall = 'unitStatus' | 'startUnit' | 'stopUnit' | 'freezeUnit' | 'thawUnit' | 'startApplication';

export interface UnitRequestRecord {
  readonly vm: VmName;
  readonly call: UnitCall;
  readonly unit: UnitName;
  readonly args?: readonly string[];
  /** Defined only when the caller has set a deadline. */
  readonly deadlineMs?: number;
  /** The caller for which the call is counted, if it was given as an argument. */
  readonly caller?: string;
}

/** A call of any other rpc. */
export interface OtherCall {
  readonly vm: VmName;
  readonly path: string;
  readonly request: unknown;
  readonly settings: AgentCallSettings;
}

/** The connections to agents whose answers the spec defines, without a network. */
export class FakeAgents {
  /** Every call, in order. */
  readonly asked: UnitRequestRecord[] = [];
  readonly calls: OtherCall[] = [];
  readonly redialled: VmName[] = [];
  isReachable = true;
  answerCall: (call: OtherCall) => Promise<unknown> = ({ path }) =>
    Promise.reject(new GivcError('UNIMPLEMENTED', `${path} has no answer`));
  readonly #connections = new Map<VmName, AgentConnection>();
  readonly #states = new Listeners<[vm: VmName, state: ChannelState]>();

  constructor(public answer: (question: UnitRequestRecord) => Promise<UnitStatus>) {}

  /** In the type that the classes under test expect. */
  get connections(): AgentConnections {
    return {
      connection: (vm: VmName) => this.#of(vm),
      forShortCall: (vm: VmName) => this.#of(vm),
      forLongCall: (vm: VmName) => Promise.resolve(this.#of(vm)),
      all: () => [...this.#connections.values()],
      onState: (listener: (vm: VmName, state: ChannelState) => void) => this.#states.add(listener),
    } as unknown as AgentConnections;
  }

  /** Sets the state of the connection to the agent of this machine. */
  become(vm: VmName, state: ChannelState): void {
    this.#of(vm);
    this.#states.notify(vm, state);
  }

  #of(vm: VmName): AgentConnection {
    const known = this.#connections.get(vm);
    if (known) return known;
    const ask = (call: UnitCall, unit: UnitName, given?: Partial<UnitRequestRecord>) => {
      const question: UnitRequestRecord = { vm, call, unit, ...given };
      this.asked.push(question);
      return this.answer(question);
    };
    const ofCaller = (caller: string | undefined) => (caller === undefined ? {} : { caller });
    const askFor = (call: UnitCall) => (unit: UnitName, caller?: string) => ask(call, unit, ofCaller(caller));
    const isReachable = () => this.isReachable;
    const answers = () => ask('unitStatus', agentUnit(vm)).then(() => true, isAnswer);
    const connection = {
      vm,
      get isReachable() {
        return isReachable();
      },
      get isUsable() {
        return isReachable();
      },
      call: ({ path }: { readonly path: string }, request: unknown, settings: AgentCallSettings) => {
        const call: OtherCall = { vm, path, request, settings };
        this.calls.push(call);
        return this.answerCall(call);
      },
      answers,
      redial: () => void this.redialled.push(vm),
      unitStatus: askFor('unitStatus'),
      startUnit: (unit: UnitName, deadlineMs?: number, caller?: string) =>
        ask('startUnit', unit, { ...(deadlineMs === undefined ? {} : { deadlineMs }), ...ofCaller(caller) }),
      stopUnit: askFor('stopUnit'),
      freezeUnit: askFor('freezeUnit'),
      thawUnit: askFor('thawUnit'),
      startApplication: (unit: UnitName, args: readonly string[]) => ask('startApplication', unit, { args }),
    } as unknown as AgentConnection;
    this.#connections.set(vm, connection);
    return connection;
  }
}
