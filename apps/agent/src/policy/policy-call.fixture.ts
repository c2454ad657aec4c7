// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Readable } from 'node:stream';
import { Metadata } from '@grpc/grpc-js';
import type { policyadmin } from '@givc/rpc';
import { SentMessages } from '../../fixtures/sent-messages.fixture.js';
import type { PolicyCall } from './policy.service.js';

/**
 * The server's end of a call of `policyadmin.PolicyAdmin/StreamPolicy`, without a connection; the test is the caller.
 */
export class FakePolicyCall extends Readable {
  cancelled = false;
  readonly metadata = new Metadata();
  /** The address of the caller, which has no certificate. */
  address = '127.0.0.1';
  readonly #sent = new SentMessages<policyadmin.StreamPolicyRequest>((message) => this.push(message));

  constructor() {
    super({ objectMode: true, highWaterMark: 1 });
  }

  /** In the type that handlers expect. */
  get asCall(): PolicyCall {
    return this as unknown as PolicyCall;
  }

  getAuthContext(): object {
    return {};
  }

  getPeer(): string {
    return `${this.address}:1`;
  }

  send(policy_name: string, ...chunks: (string | Uint8Array)[]): this {
    const [first = '', ...others] = chunks;
    this.#sent.send({ policy_name, policy_chunk: Buffer.from(first) });
    this.#sent.send(...others.map((chunk) => ({ policy_name: '', policy_chunk: Buffer.from(chunk) })));
    return this;
  }

  /** The caller ends its messages. */
  finish(): this {
    this.#sent.send(null);
    return this;
  }

  /** The caller resets its stream: as with Node (20), the messages end before the call is cancelled. */
  hangUp(): void {
    this.finish();
    setImmediate(() => {
      this.cancelled = true;
    });
  }

  /** The number of messages that were not requested. */
  get unread(): number {
    return this.#sent.unread;
  }

  override _read(): void {
    this.#sent.read();
  }
}
