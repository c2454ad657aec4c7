import { X509Certificate } from 'node:crypto';
import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Log } from '@givc/log';
import { renewalMs } from '@givc/model';
import { HealthStatuses } from '@givc/rpc';
import { Alarm } from '@givc/time';
import { Access } from '../access.js';

const dayMs = 24 * 60 * 60 * 1_000;

/** The name under which health tells of this machine's certificate: NOT_SERVING once it is to be renewed. */
export const certificateHealth = 'givc.certificate';

/** Says once a day, and in health, that this machine's certificate is to be renewed. */
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
    identity.onReplaced(check);
  }

  onApplicationShutdown(): void {
    this.#next?.cancel();
  }

  #check(certificate: X509Certificate, again: () => void): void {
    const { validFrom, validTo } = certificate;
    const leftMs = Date.parse(validTo) - Date.now();
    const untilRenewalMs = leftMs - renewalMs(Date.parse(validFrom), Date.parse(validTo));
    this.health.set(certificateHealth, untilRenewalMs > 0);
    if (leftMs < 0) this.log.error('the certificate of this machine has ended: renew it', { ended: validTo });
    else if (untilRenewalMs <= 0)
      this.log.warn('the certificate of this machine ends soon: renew it', { left: durationOf(leftMs), ends: validTo });
    this.#next?.cancel();
    this.#next = new Alarm(Date.now() + (untilRenewalMs > 0 ? Math.min(dayMs, untilRenewalMs) : dayMs), again);
  }
}

const durationOf = (ms: number): string =>
  ms < dayMs ? `${Math.floor(ms / (60 * 60 * 1_000))} h` : `${Math.floor(ms / dayMs)} days`;
