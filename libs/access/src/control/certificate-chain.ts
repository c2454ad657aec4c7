// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Log } from '@givc/log';
import { tryHandshake, type TlsIdentity } from '@givc/rpc';
import { Access } from '../access.js';

/**
 * Logs that this machine's certificate does not lead to an authority that the machine itself trusts, when it starts and
 * when its certificate was replaced: peers that trust the same authorities reject it. `givc-cli certs verify` checks
 * the same.
 */
@Injectable()
export class CertificateChain implements OnApplicationBootstrap {
  constructor(
    private readonly access: Access,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    const { identity } = this.access;
    if (!identity) return;
    void this.#check(identity);
    identity.onNewCertificate(() => void this.#check(identity));
  }

  async #check(identity: TlsIdentity): Promise<void> {
    const problem = await tryHandshake(identity);
    if (problem === undefined) return;
    const message =
      'peers that trust the same authorities reject the certificate of this machine: see givc-cli certs verify';
    this.log.error(message, { error: problem });
  }
}
