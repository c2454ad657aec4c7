export { Access, type AccessFiles } from './access.js';
export { AccessModule } from './access.module.js';
export { Audit, type AuditEvent, type AuditFields } from './audit/audit.js';
export { noteChange } from './audit/audit.interceptor.js';
export { recordedRpcs } from './audit/recorded-rpcs.js';
export { checkRules, type Finding, type RuleSchema } from './cedar/check-rules.js';
export { questionOf, type ContextValue, type Question } from './cedar/question.js';
export { Rules, type Decision } from './cedar/rules.js';
export { callerOf, peerOfCertificate, type Caller, type Peer } from './identity/peer.js';
