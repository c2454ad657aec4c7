// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError } from '@givc/model';
import type { admin } from '@givc/rpc';
import { UnaryRegistration } from './unary-registration.js';

export const request = (Name: string): admin.RegistryRequest => ({
  Name,
  Parent: '',
  Type: 9,
  Transport: undefined,
  State: undefined,
});

export const absent = new GivcError('UNAVAILABLE', 'no connection');
export const rejected = new GivcError('PERMISSION_DENIED', 'not yours');

/** Resolves once pending work is done. */
export const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

/** A registration with the test as its admin. */
export class TestRegistration {
  readonly events: unknown[] = [];
  /** The names that were sent, in order. */
  readonly sent: string[] = [];
  readonly ignoresRepetition = jest.fn(() => Promise.resolve(true));
  /** The calls that are not answered yet. */
  #open: { name: string; answer: (error?: Error) => void }[] = [];
  #begun: UnaryRegistration | undefined;

  readonly begin = (...units: string[]): UnaryRegistration =>
    (this.#begun = new UnaryRegistration(
      request('agent'),
      () => units.map(request),
      {
        register: ({ Name: name }) => {
          this.sent.push(name);
          return new Promise((resolve, reject) => {
            this.#open.push({ name, answer: (error) => (error ? reject(error) : resolve()) });
          });
        },
        ignoresRepetition: () => this.ignoresRepetition(),
      },
      {
        registered: () => this.events.push('registered'),
        rejected: (unit, reason) => this.events.push(['rejected', unit, reason]),
        failed: (error) => this.events.push(['failed', error]),
      },
    ));

  /** Answers every open call. */
  readonly answerAll = async (error?: Error): Promise<void> => {
    for (const { answer } of this.#open.splice(0)) answer(error);
    await settled();
  };

  readonly answer = async (name: string, error?: Error): Promise<void> => {
    const [call] = this.#open.splice(
      this.#open.findIndex((one) => one.name === name),
      1,
    );
    call!.answer(error);
    await settled();
  };

  readonly end = (): void => this.#begun!.close();
}
