import { Readable } from 'node:stream';
import { Metadata } from '@grpc/grpc-js';
import type { policyadmin } from '@givc/rpc';
import type { PolicyCall } from './policy.service.js';

/** The server's end of a call of `policyadmin.PolicyAdmin/StreamPolicy`, without a connection: a test is its caller. */
export class FakePolicyCall extends Readable {
  cancelled = false;
  readonly metadata = new Metadata();
  readonly #sent: (policyadmin.StreamPolicyRequest | null)[] = [];
  #isWanted = false;

  constructor() {
    super({ objectMode: true, highWaterMark: 1 });
  }

  /** As handlers take it. */
  get asCall(): PolicyCall {
    return this as unknown as PolicyCall;
  }

  send(policy_name: string, ...chunks: (string | Uint8Array)[]): this {
    const [first = '', ...others] = chunks;
    this.#sent.push({ policy_name, policy_chunk: Buffer.from(first) });
    for (const chunk of others) this.#sent.push({ policy_name: '', policy_chunk: Buffer.from(chunk) });
    this.#deliver();
    return this;
  }

  /** The caller has sent all. */
  finish(): this {
    this.#sent.push(null);
    this.#deliver();
    return this;
  }

  /** The connection is gone, or the caller has cancelled: grpc-js ends the messages first, and then says so. */
  hangUp(): void {
    this.finish();
    setImmediate(() => {
      this.cancelled = true;
    });
  }

  /** How many messages nobody has asked for. */
  get unread(): number {
    return this.#sent.length;
  }

  override _read(): void {
    this.#isWanted = true;
    this.#deliver();
  }

  #deliver(): void {
    if (!this.#isWanted || this.#sent.length === 0) return;
    this.#isWanted = false;
    process.nextTick(() => this.push(this.#sent.shift()));
  }
}

/** Whatever streams and files do that is not waited for is done by then. */
export async function settled(): Promise<void> {
  for (let n = 0; n < 5; n++) await new Promise<void>((resolve) => setImmediate(resolve));
}

/** Time is the test's; streams and files go on by themselves. */
export const useFakeTime = () =>
  jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask', 'performance'] });
