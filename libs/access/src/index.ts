export { IdentityGuard } from './identity.guard.js';
export { peerOfCertificate, type Peer } from './peer.js';
export { questionOf, type ContextValue, type Question } from './cedar/question.js';
export { Rules, type Decision } from './cedar/rules.js';
