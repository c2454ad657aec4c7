// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

export {
  certificateProblem,
  checkCertificate,
  checkCertificateFiles,
  checkDates,
  type CertificateUse,
} from './certificates.js';
export { checkIds, type CheckId } from './check-ids.js';
export { allRight, check, formatProblem, parseResults, type CheckResult, type CheckState } from './check-result.js';
export { checkClock, MachineClock } from './clock.js';
export { checkDisk, checkFolder, checkKeyFile } from './files.js';
export { checkPrograms, programProblem, type NeededProgram } from './programs.js';
export { adviceFor, adviceOnConnection, type Advice, type PeerAdvice } from './reachability.js';
export { checkEach, runChecks, type Check } from './run-checks.js';
export { checkVersion } from './version.js';
