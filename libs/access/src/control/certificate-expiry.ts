// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { X509Certificate } from 'node:crypto';
import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Log } from '@givc/log';
import { renewalMs } from '@givc/model';
import { HealthStatuses } from '@givc/rpc';
import { Alarm } from '@givc/time';
import { Access } from '../access.js';

const dayMs = 24 * 60 * 60 * 1_000;

/** The name of this machine's certificate in health: NOT_SERVING before it is valid, and once it has to be renewed. */
export const certificateHealth = 'givc.certificate';

/** Reports once a day, and in health, that this machine's certificate is not valid yet or has to be renewed. */
@Injectable()
export class CertificateExpiry implements OnApplicationBootstrap, OnApplicationShutdown {
  #next: Alarm | undefined;

  constructor(
    private readonly access: Access,
    private readonly health: HealthStatuses,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    const { identity } = this.access;
    if (!identity) return;
    const check = () => this.#check(new X509Certificate(identity.material.cert), check);
    check();
    identity.onNewCertificate(check);
  }

  onApplicationShutdown(): void {
    this.#next?.cancel();
  }

  #check(certificate: X509Certificate, again: () => void): void {
    const { validFrom, validTo } = certificate;
    const now = Date.now();
    const untilValidMs = Date.parse(validFrom) - now;
    const leftMs = Date.parse(validTo) - now;
    const untilRenewalMs = leftMs - renewalMs(Date.parse(validFrom), Date.parse(validTo));
    this.health.set(certificateHealth, untilValidMs <= 0 && untilRenewalMs > 0);
    if (untilValidMs > 0)
      this.log.warn('the certificate of this machine is not valid yet: is the clock right?', {
        clock: new Date(now).toISOString(),
        begins: validFrom,
      });
    else if (leftMs < 0) this.log.error('the certificate of this machine has expired: renew it', { expired: validTo });
    else if (untilRenewalMs <= 0)
      this.log.warn('the certificate of this machine expires soon: renew it', {
        left: durationOf(leftMs),
        expires: validTo,
      });
    this.#next?.cancel();
    const waits = [untilValidMs, untilRenewalMs].filter((ms) => ms > 0);
    this.#next = new Alarm(now + Math.min(dayMs, ...waits), again);
  }
}

const durationOf = (ms: number): string =>
  ms < dayMs ? `${Math.floor(ms / (60 * 60 * 1_000))} h` : `${Math.floor(ms / dayMs)} days`;
