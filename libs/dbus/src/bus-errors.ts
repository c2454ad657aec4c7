// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError, type Reason } from '@givc/model';

const reasonOf: Readonly<Record<string, Reason>> = {
  'org.freedesktop.systemd1.NoSuchUnit': 'NOT_FOUND',
  'org.freedesktop.systemd1.UnitExists': 'ALREADY_EXISTS',
  'org.freedesktop.DBus.Error.AccessDenied': 'PERMISSION_DENIED',
  'org.freedesktop.DBus.Error.InteractiveAuthorizationRequired': 'PERMISSION_DENIED',
  'org.freedesktop.DBus.Error.AuthFailed': 'PERMISSION_DENIED',
  'org.freedesktop.DBus.Error.InvalidArgs': 'INVALID_ARGUMENT',
  'org.freedesktop.DBus.Error.LimitsExceeded': 'RESOURCE_EXHAUSTED',
  'org.freedesktop.DBus.Error.NoMemory': 'RESOURCE_EXHAUSTED',
  'org.freedesktop.DBus.Error.NotSupported': 'FAILED_PRECONDITION',
  'org.freedesktop.DBus.Error.NoReply': 'UNAVAILABLE',
  'org.freedesktop.DBus.Error.Disconnected': 'UNAVAILABLE',
  'org.freedesktop.DBus.Error.ServiceUnknown': 'UNAVAILABLE',
  'org.freedesktop.DBus.Error.NameHasNoOwner': 'UNAVAILABLE',
  'org.freedesktop.DBus.Error.Timeout': 'UNAVAILABLE',
  'org.freedesktop.DBus.Error.TimedOut': 'UNAVAILABLE',
};

/** The error that a peer on the bus has returned; `errorName` is its D-Bus error name. */
export class BusError extends GivcError {
  constructor(
    readonly errorName: string,
    message: string,
  ) {
    super(reasonOfError(errorName), message || errorName);
  }
}

/** Errors of systemd (LoadFailed, JobTypeNotApplicable, UnitMasked, ...), which depend on the state of the machine. */
function reasonOfError(errorName: string): Reason {
  const known = reasonOf[errorName];
  if (known) return known;
  return errorName.startsWith('org.freedesktop.systemd1.') ? 'FAILED_PRECONDITION' : 'INTERNAL';
}

/** The error of every call while the bus or systemd is unreachable. */
export const unavailable = (message: string, cause?: unknown): GivcError =>
  new GivcError('UNAVAILABLE', message, { cause });
