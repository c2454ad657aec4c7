// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { X509Certificate } from 'node:crypto';
import { certificateProblem, type Advice, type CertificateUse } from '@givc/checks';
import { Listeners } from '@givc/events';
import type { Reloadable } from '@givc/daemon';
import type { TlsIdentity } from '@givc/rpc';
import { Alarm } from '@givc/time';

const dayMs = 24 * 60 * 60 * 1_000;

/**
 * Because of what peers reject the certificate of this machine, for the status of the daemon: its dates, its chain, its
 * name or its addresses. It looks at the start, at each new certificate, and when the dates of the certificate begin
 * and end.
 */
export class OwnCertificate implements Reloadable {
  readonly #changes = new Listeners();
  #problem: string | undefined;
  #next: Alarm | undefined;
  #stopListening: (() => void) | undefined;

  constructor(
    private readonly identity: TlsIdentity,
    private readonly use: CertificateUse,
  ) {}

  /** One line with the certificate, its file and the fix; undefined when nothing is found. */
  get problem(): string | undefined {
    return this.#problem;
  }

  onProblem(listener: () => void): void {
    this.#changes.add(listener);
  }

  start(): void {
    this.#stopListening = this.identity.onNewCertificate(() => void this.#look());
    void this.#look();
  }

  reload(): void {
    void this.#look();
  }

  close(): void {
    this.#stopListening?.();
    this.#next?.cancel();
  }

  /** What is found now. */
  find(): Promise<Advice | undefined> {
    return certificateProblem(this.identity.material, this.use);
  }

  async #look(): Promise<void> {
    this.#schedule();
    const { material } = this.identity;
    const found = await this.find();
    // A newer certificate is looked at by itself.
    if (material !== this.identity.material) return;
    const problem = found && `${found.message}; ${found.fix}`;
    if (problem === this.#problem) return;
    this.#problem = problem;
    this.#changes.notify();
  }

  #schedule(): void {
    const { validFrom, validTo } = new X509Certificate(this.identity.material.cert);
    const now = Date.now();
    // Dates are whole seconds, and a certificate is valid in the last of them.
    const waits = [validFrom, validTo].map((date) => Date.parse(date) + 1_000 - now).filter((ms) => ms > 0);
    this.#next?.cancel();
    this.#next = new Alarm(now + Math.min(dayMs, ...waits), () => void this.#look());
  }
}
