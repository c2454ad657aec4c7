// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

export { renewalMs } from './certificate-lifetime.js';
export {
  fieldError,
  GivcError,
  invalid,
  messageOf,
  problemOf,
  systemErrorText,
  quoted,
  reasons,
  type ErrorInfo,
  type Reason,
} from './givc-error.js';
export {
  assignmentsOf,
  localeKeys,
  parseLocale,
  parseLocaleAssignments,
  parseLocaleKey,
  type Locale,
  type LocaleAssignments,
  type LocaleKey,
} from './locale.js';
export {
  agentUnit,
  instanceOfUnit,
  instanceUnit,
  maxApplications,
  parseApplicationName,
  parseInstanceSelector,
  parsePolicyName,
  parseUnitName,
  parseVmName,
  vmOfAgentUnit,
  vmOfVmUnit,
  vmUnit,
  type ApplicationName,
  type InstanceSelector,
  type PolicyName,
  type UnitName,
  type VmName,
} from './names.js';
export { closestNames, didYouMean } from './closest-names.js';
export { plainJson } from './plain-json.js';
export { parseNotification, urgencyLevels, type UrgencyLevel } from './notification.js';
export { isPoweroff, powerTransitionOf, type PowerTransition } from './power-transition.js';
export { parseTimezone, type Timezone } from './timezone.js';
export { parseUnitType, unitTypeNumber, type ServiceType, type UnitType, type VmType } from './unit-type.js';
export { parseId, parseLines, parseText, parseWord } from './peer-text.js';
export { programVersion } from './program-version.js';
export {
  hasExited,
  isAlive,
  parseUnitStatus,
  stoppedStatus,
  vmStatus,
  type UnitStatus,
  type VmStatus,
} from './unit-status.js';
export {
  formatAddress,
  parseEndpoint,
  parseListenAddress,
  sameEndpoint,
  transportOf,
  type Address,
  type Endpoint,
  type Transport,
} from './endpoint.js';
export { unknownVm } from './unknown-vm.js';
