export { IdentityGuard } from './identity.guard.js';
export { peerOfCertificate, type Peer } from './peer.js';
export { checkRules, type Finding, type RuleSchema } from './cedar/check-rules.js';
export { questionOf, type ContextValue, type Question } from './cedar/question.js';
export { Rules, type Decision } from './cedar/rules.js';
