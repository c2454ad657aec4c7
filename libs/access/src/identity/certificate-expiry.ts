import { X509Certificate } from 'node:crypto';
import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Log } from '@givc/log';
import { HealthStatuses } from '@givc/rpc';
import { Access } from '../access.js';

const dayMs = 24 * 60 * 60 * 1_000;
const warningDays = 30;

/** The name under which health tells of this machine's certificate: NOT_SERVING from 30 days before its end. */
export const certificateHealth = 'givc.certificate';

/** Says once a day, and in health, that this machine's certificate ends within 30 days. */
@Injectable()
export class CertificateExpiry implements OnApplicationBootstrap, OnApplicationShutdown {
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly access: Access,
    private readonly health: HealthStatuses,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    const { identity } = this.access;
    if (!identity) return;
    const look = () => this.#look(new X509Certificate(identity.material.cert));
    look();
    this.#timer = setInterval(look, dayMs).unref();
    identity.onReplaced(look);
  }

  onApplicationShutdown(): void {
    clearInterval(this.#timer);
  }

  #look({ validTo }: X509Certificate): void {
    const days = Math.floor((Date.parse(validTo) - Date.now()) / dayMs);
    const isSoon = days < warningDays;
    this.health.set(certificateHealth, !isSoon);
    if (days < 0) this.log.error('the certificate of this machine has ended: renew it', { ended: validTo });
    else if (isSoon) this.log.warn('the certificate of this machine ends soon: renew it', { days, ends: validTo });
  }
}
