// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { EventEmitter } from 'node:events';
import { status } from '@grpc/grpc-js';
import { Listeners } from '@givc/events';
import { admin, report, RpcChannel, type ChannelState, type ConnectionProblem, type OutgoingBidiCall } from '@givc/rpc';
import type { GivcError } from '@givc/model';
import { FakeReportCall } from './report-call.fixture.js';

interface Registration {
  readonly request: admin.RegistryRequest;
  /** Accepts the registration unless there is an error, or a reason in the answer. */
  readonly answer: (outcome?: GivcError | string) => void;
}

/** The agent's side of a call of reflection that lists the services. */
class FakeReflectionCall extends EventEmitter {
  write(): void {}
  end(): void {}
  cancel(): void {
    this.fail(status.CANCELLED);
  }

  answer(...services: string[]): void {
    const value = { service: services.map((name) => ({ name })) };
    this.emit('data', { message_response: { $case: 'list_services_response', value } });
  }

  fail(code: status): void {
    this.emit('error', Object.assign(new Error('no'), { code, details: 'no' }));
  }
}

/** Replaces every `RpcChannel` until `jest.restoreAllMocks()`; the test answers its calls. */
export class FakeAdminChannel {
  /** The report streams that were opened, in order. */
  readonly streams: FakeReportCall[] = [];
  /** The open calls of `RegisterService`. */
  registrations: Registration[] = [];
  /** The deadlines of these calls, in milliseconds. */
  readonly deadlines: (number | undefined)[] = [];
  /** The calls of reflection, in order. */
  readonly reflections: FakeReflectionCall[] = [];
  /** The calls of the channel's own methods, in order. */
  readonly events: ('kept connected' | 'dialled again' | 'closed')[] = [];
  #state: ChannelState = 'IDLE';
  readonly #states = new Listeners<[ChannelState]>();
  readonly #renewals = new Listeners();
  readonly #failures = new Listeners<[{ problem: ConnectionProblem; detail?: string }]>();

  static install(): FakeAdminChannel {
    const fake = new FakeAdminChannel();
    const channel = RpcChannel.prototype;
    jest.spyOn(channel, 'keepConnected').mockImplementation(() => void fake.events.push('kept connected'));
    jest.spyOn(channel, 'redial').mockImplementation(() => void fake.events.push('dialled again'));
    jest.spyOn(channel, 'close').mockImplementation(() => void fake.events.push('closed'));
    jest.spyOn(channel, 'state', 'get').mockImplementation(() => fake.#state);
    jest.spyOn(channel, 'onState').mockImplementation((listener) => void fake.#states.add(listener));
    jest.spyOn(channel, 'onFailure').mockImplementation((listener) => void fake.#failures.add(listener));
    jest.spyOn(channel, 'onReplaced').mockImplementation((listener) => void fake.#renewals.add(listener));
    jest.spyOn(channel, 'duplex').mockImplementation(({ path }) => {
      if (path.startsWith('/grpc.reflection.')) {
        fake.reflections.push(new FakeReflectionCall());
        return fake.reflections.at(-1) as unknown as OutgoingBidiCall<unknown, unknown>;
      }
      expect(path).toBe(report.ReportsService.report.path);
      const stream = new FakeReportCall();
      fake.streams.push(stream);
      return stream as unknown as OutgoingBidiCall<unknown, unknown>;
    });
    jest.spyOn(channel, 'unary').mockImplementation(({ path }, request, settings) => {
      expect(path).toBe(admin.AdminServiceService.registerService.path);
      fake.deadlines.push(settings?.deadlineMs);
      return new Promise<unknown>((resolve, reject) => {
        const answer = (outcome?: GivcError | string) =>
          outcome instanceof Error ? reject(outcome) : resolve(outcome === undefined ? {} : { Error: outcome });
        fake.registrations.push({ request: request as admin.RegistryRequest, answer });
      });
    });
    return fake;
  }

  /** The stream that was opened last. */
  get stream(): FakeReportCall {
    return this.streams.at(-1)!;
  }

  become(state: ChannelState): void {
    this.#state = state;
    this.#states.notify(state);
  }

  /** An attempt to connect has failed, for another reason than the one before. */
  fail(problem: ConnectionProblem, detail?: string): void {
    this.#failures.notify({ problem, ...(detail !== undefined && { detail }) });
  }

  /** The channel has changed to a new connection with a new certificate. */
  renew(): void {
    this.#renewals.notify();
  }

  /** Answers open calls, and the calls that follow, in the same way. Resolves with the names. */
  async answerRegistrations(outcome?: GivcError | string): Promise<string[]> {
    const names: string[] = [];
    for (let open = this.registrations; open.length > 0; open = this.registrations) {
      this.registrations = [];
      for (const one of open) {
        names.push(one.request.Name);
        one.answer(outcome);
      }
      await jest.advanceTimersByTimeAsync(0);
    }
    return names;
  }
}
