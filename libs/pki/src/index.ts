// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

export { parseAddress } from './address.js';
export { dropReplaced, readAuthority, readReplaced, writeAuthority } from './authority-folder.js';
export { createAuthority, parseCommonName, type Authority, type AuthorityOptions } from './authority.js';
export { factsOf, parseCertificates, type CertificateFacts } from './certificate.js';
export { parseImageSize, readImage, writeImage, type ImageOptions } from './image.js';
export {
  inspectFolder,
  type CheckChain,
  type Expected,
  type FolderFinding,
  type Inspection,
  type Trusted,
} from './inspect-folder.js';
export { executePlan, planIssue, type FolderOptions, type Plan } from './issue-into.js';
export { type IssueOptions, type Issued, type KeyUsage } from './issue.js';
export { keyTypes, parseKeyType, type KeyType } from './key-type.js';
export { daysLeft, formatTime } from './time.js';
export { writeCertificates } from './write-certificates.js';
