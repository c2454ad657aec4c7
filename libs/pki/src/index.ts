export { Authority, createAuthority, type AuthorityOptions } from './authority.js';
export { type IssueOptions, type Issued, type KeyUsage } from './issue.js';
export { writeCertificates } from './write-certificates.js';
