export { IdentityGuard } from './identity.guard.js';
export { peerOfCertificate, type Peer } from './peer.js';
