// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { fieldError, GivcError, invalid, isAlive, parseWord, quoted, vmOfAgentUnit, type VmName } from '@givc/model';
import type { Audit, Authorizer, Caller } from '@givc/access';
import type { admin, report } from '@givc/rpc';
import { registrationFields, coalescedRegistration, registerRpc } from '../registration/coalesced-registration.js';
import { parseRegistration, type Registration } from '../registration/registration.js';
import type { RegistrationService } from '../registration/registration.service.js';

const rpc = '/report.Reports/Report';
/** The maximum number of entries of one agent. */
export const maxEntries = 1_000;
/** The maximum length of each text of a unit's transport, which is kept for the rules. */
const maxCharacters = 256;

/** The sender of a report stream. */
export interface Reporter {
  readonly caller: Caller;
  /** Whether each entry is authorized like a call of RegisterService, because no rule permits the stream itself. */
  readonly mustBeAuthorized: boolean;
  /** Whether its stream is open. */
  readonly isOpen: () => boolean;
}

/** The fields of an entry that many entries of a stream have in common: the parent of all is its agent. */
type CommonFields = Pick<admin.RegistryRequest, 'Parent' | 'Type' | 'Transport'>;

const parseEnding = (ending: report.Ending): report.Ending => ({
  ...ending,
  result: parseWord('Ending.result', ending.result),
});

/**
 * The entries of one stream. Registers permitted entries, and returns the reason of each rejection. An update is
 * authorized again with all fields of its entry, because rules may depend on the state and may have changed.
 */
export class ReportedEntries {
  /** The accepted entries by name. */
  readonly #accepted = new Map<string, CommonFields>();
  /** The fields of the entries without a transport, by their type. */
  readonly #common = new Map<number, CommonFields>();

  constructor(
    private readonly reporter: Reporter,
    private readonly registration: RegistrationService,
    private readonly authorizer: Authorizer,
    private readonly audit: Audit,
  ) {}

  /** Registers the agent itself. Throws when it may not be registered. */
  agent(registration: Registration, request: admin.RegistryRequest): void {
    const isNew = this.#register(registration, request);
    if (isNew)
      this.audit.change({ caller: this.reporter.caller, rpc, request: registrationFields(request), answer: 'OK' });
  }

  entry(vm: VmName, { registration: request, ending }: report.Entry): report.Rejected | undefined {
    return rejection(request?.Name ?? '', () => {
      if (!request) throw invalid('Entry.registration', 'required');
      this.#accept(vm, request, ending);
    });
  }

  update(vm: VmName, { name, status, ending }: report.Update): report.Rejected | undefined {
    return rejection(name, () => {
      const fields = this.#accepted.get(name);
      if (!fields)
        throw fieldError('FAILED_PRECONDITION', 'Update.name', `no entry ${quoted(name)} was accepted on this stream`);
      if (!status) throw invalid('Update.status', 'required');
      this.#accept(vm, { ...fields, Name: name, State: status }, ending);
    });
  }

  #accept(vm: VmName, request: admin.RegistryRequest, ending: report.Ending | undefined): void {
    const registration = parseRegistration(request);
    const { unit, type, status } = registration;
    if (registration.kind === 'agent' || vmOfAgentUnit(registration.agent) !== vm)
      throw fieldError('PERMISSION_DENIED', 'Parent', `unit ${quoted(unit)} is not of the agent of ${vm}`);
    if (this.#accepted.size >= maxEntries && !this.#accepted.has(unit))
      throw new GivcError('RESOURCE_EXHAUSTED', `${vm} has reported ${maxEntries} units, more are not accepted`);
    assertBounded(request.Transport);
    this.#register({ ...registration, ending: ending && parseEnding(ending) }, request);
    if (type.service === 'App' && !isAlive(status)) this.#accepted.delete(unit);
    else this.#accepted.set(unit, this.#commonFields(request));
  }

  #commonFields({ Parent, Type, Transport }: admin.RegistryRequest): CommonFields {
    const fields = { Parent, Type, Transport };
    if (Transport) return fields;
    const known = this.#common.get(Type) ?? fields;
    this.#common.set(Type, known);
    return known;
  }

  /** Whether it was unknown or has another endpoint now. */
  #register(registration: Registration, request: admin.RegistryRequest): boolean {
    const { caller, mustBeAuthorized, isOpen } = this.reporter;
    if (mustBeAuthorized) this.authorizer.assertPermitted(caller, registerRpc, request);
    try {
      const fields = registrationFields(request);
      const onLate = (count: number) => this.audit.change(coalescedRegistration(caller, rpc, fields, count));
      return this.registration.register(registration, { ...caller, reports: true, isOpen, onLate });
    } catch (error) {
      if (error instanceof GivcError && error.reason === 'PERMISSION_DENIED')
        this.audit.rejection({
          caller,
          rpc,
          request: registrationFields(request),
          answer: error.reason,
          reason: error.message,
        });
      throw error;
    }
  }
}

function assertBounded(transport: admin.TransportConfig | undefined): void {
  for (const [field, { length }] of Object.entries({ ...transport }))
    if (length > maxCharacters)
      throw invalid(`Transport.${field}`, `too long: expected at most ${maxCharacters} characters`);
}

/** The rejection, or undefined if accepted. Throws errors that the agent did not cause. */
function rejection(name: string, accept: () => void): report.Rejected | undefined {
  try {
    accept();
    return undefined;
  } catch (error) {
    if (!(error instanceof GivcError)) throw error;
    return { name, reason: error.message };
  }
}
