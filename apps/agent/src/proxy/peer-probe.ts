// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError } from '@givc/model';
import { health, type RpcChannel } from '@givc/rpc';

/** A peer that was cut off is noticed within 10 s. */
const [everyMs, limitMs] = [3_000, 4_000];

/**
 * Calls the health service of a peer, which any server of gRPC has, and dials again when there is no answer: no error
 * comes from a cable that was cut.
 */
export class PeerProbe {
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly channel: Pick<RpcChannel, 'unary' | 'redial'>) {}

  start(): void {
    this.#timer ??= setInterval(() => void this.#probe(), everyMs);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  async #probe(): Promise<void> {
    try {
      await this.channel.unary(health.HealthService.check, { service: '' }, { deadlineMs: limitMs });
    } catch (error) {
      if (error instanceof GivcError && error.reason === 'DEADLINE_EXCEEDED') this.channel.redial();
    }
  }
}
