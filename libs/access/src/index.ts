// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

export { Access, type AccessFiles } from './access.js';
export { checkAccessFiles, type CheckedMachine } from './check-files.js';
export { checkRuleNames, checkRulesOf, type KnownNames } from './check-rules-of.js';
export { AccessModule } from './access.module.js';
export { Audit, type AuditEvent, type AuditFields } from './audit/audit.js';
export { noteChange } from './audit/recorded-call.js';
export { queuedCallOf } from './identity/queued-call.js';
export { isChange, recordedRpcs } from './audit/recorded-rpcs.js';
export { checkRules, type RuleFinding, type RuleSchema } from './cedar/check-rules.js';
export { authorizationRequest, type ContextValue, type AuthorizationRequest } from './cedar/authorization-request.js';
export { Rules, type Decision } from './cedar/rules.js';
export { callTypeOf, callTypes, type CallType, type Daemon, type RecordType } from './explain/call-types.js';
export { ExplainedRules } from './explain/explained-rules.js';
export { describeCalls, describeSources, grantsOf, otherSource, type Grant } from './explain/grants.js';
export {
  UnknownField,
  unknownFields,
  withUnknownFields,
  type PartialRecord,
  type PartialRequest,
} from './explain/partial-request.js';
export { parseRecordedCall, type RecordedCallLine } from './explain/recorded-call-line.js';
export { smallestRule } from './explain/smallest-rule.js';
export type { FailedRule, Rule, Verdict } from './explain/verdict.js';
export { Authorizer } from './control/authorizer.js';
export { isForOneCaller } from './control/one-caller.js';
export { mustAuthorizeEntries } from './control/entry-authorization.js';
export { Caller } from './identity/caller.decorator.js';
export { Revocations } from './identity/revocations.js';
export { callerKey, callerOf, expiryOf, peerOfCertificate, type Peer } from './identity/peer.js';
