// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { isRejection } from './rejections.js';
import type { Audit, AuditFields, AuditSubject } from './audit.js';
import type { RecordedRpc } from './recorded-rpcs.js';

const calls = new WeakMap<object, RecordedCall>();

/**
 * Records this call as a change although its rpc is not always one, or adds fields that the request does not have. For
 * an rpc whose changes begin when they are noted, this records the begin, and throws RESOURCE_EXHAUSTED when the caller
 * has made too many, so it has to be called before the change.
 */
export const noteChange = (call: object, fields: AuditFields = {}): void => calls.get(call)?.note(fields);

/** The records of one call: its begin when it is a change, and its outcome. */
export class RecordedCall {
  /** The number of the call in its lines, once its begin is recorded. */
  #number: number | undefined;
  #note: AuditFields | undefined;
  #isOpen = true;

  constructor(
    call: object,
    private readonly audit: Audit,
    private readonly recorded: RecordedRpc,
    private readonly subject: AuditSubject,
  ) {
    calls.set(call, this);
  }

  /** Called before the handler. Throws RESOURCE_EXHAUSTED when it is a change and its caller has made too many. */
  open(): void {
    if (this.recorded.begins === 'open') this.#begin();
  }

  note(fields: AuditFields): void {
    this.#note = fields;
    if (this.recorded.begins === 'noted') this.#begin();
  }

  /** Once; later ones are ignored. Returns whether the call was open. */
  end(answer: string, ms: number, reason?: string): boolean {
    if (!this.#isOpen) return false;
    this.#isOpen = false;
    this.#record(answer, ms, reason);
    return true;
  }

  #record(answer: string, ms: number, reason: string | undefined): void {
    const isRejected = isRejection(answer);
    if (this.#number === undefined && !isRejected && !this.#note && !this.recorded.begins) return;
    const event = { ...this.#subject(), answer, ms, reason: isRejected ? reason : undefined };
    if (this.#number !== undefined) this.audit.ended(this.#number, event);
    else if (answer === 'OK') this.audit.change(event);
    else this.audit.rejection(event);
  }

  #begin(): void {
    this.#number ??= this.audit.begin(this.#subject());
  }

  #subject(): AuditSubject {
    const { request } = this.subject;
    return this.#note ? { ...this.subject, request: { ...request, ...this.#note } } : this.subject;
  }
}
