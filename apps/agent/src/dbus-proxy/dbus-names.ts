// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { invalid, quoted } from '@givc/model';

const nameMax = 255;
const busName = /^[A-Za-z_-][A-Za-z0-9_-]*(\.[A-Za-z_-][A-Za-z0-9_-]*)+(\.\*)?$/;
const methods = /^(\*|[A-Za-z_]\w*(\.[A-Za-z_]\w*)+(\.\*)?)$/;
const paths = /^(\/|(\/\w+)+(\/\*)?|\/\*)$/;

/** A well-known name on a bus; with `.*`, the name and all names that begin with it and a dot (xdg-dbus-proxy(1)). */
export function parseBusNames(field: string, value: string): string {
  if (value.length > nameMax || !busName.test(value))
    throw invalid(
      field,
      `invalid bus name ${quoted(value)}: expected one such as "org.freedesktop.UPower" or "org.freedesktop.*"`,
    );
  return value;
}

/** `NAME=[METHOD][@PATH]`: the methods that may be called, or the signals that are passed on (xdg-dbus-proxy(1)). */
export function parseBusRule(field: string, value: string): string {
  const equals = value.indexOf('=');
  if (equals < 0)
    throw invalid(
      field,
      `invalid rule ${quoted(value)}: expected one such as "org.freedesktop.UPower=*@/org/freedesktop/*"`,
    );
  parseBusNames(field, value.slice(0, equals));
  const [method = '', ...path] = value.slice(equals + 1).split('@');
  if (method === '' && path.length === 0)
    throw invalid(
      field,
      `invalid rule ${quoted(value)}: expected a method or a path; "*" stands for all methods or signals`,
    );
  if (method !== '' && !methods.test(method))
    throw invalid(
      field,
      `invalid method ${quoted(method)}: expected a method or interface such as "org.freedesktop.UPower.*"`,
    );
  if (path.length > 1 || (path[0] !== undefined && !paths.test(path[0])))
    throw invalid(field, `invalid object path ${quoted(path.join('@'))}: expected one such as "/org/freedesktop/*"`);
  return value;
}

/**
 * `system`, `session`, or the address of another bus: only sockets with a path, because other addresses would run
 * programs or leave the machine.
 */
export function parseBus(field: string, value: string): 'system' | 'session' | { readonly path: string } {
  if (value === 'system' || value === 'session') return value;
  const path = /^unix:path=(.*)$/s.exec(value)?.[1];
  if (path === undefined)
    throw invalid(field, `invalid bus ${quoted(value)}: expected "system", "session" or "unix:path=/run/…"`);
  return { path: parseSocketPath(field, path) };
}

/** The maximum length of a path: the size of sun_path of unix(7) without the NUL. */
const socketPathMax = 107;

/** The path of a socket in a folder, without `.` and `..`, of characters that need no escape in an address. */
export function parseSocketPath(field: string, value: string): string {
  const steps = value.split('/').slice(1);
  const isPlain = steps.every((step) => /^[\w.+@~-]+$/.test(step) && step !== '.' && step !== '..');
  if (!value.startsWith('/') || steps.length < 2 || !isPlain || value.length > socketPathMax)
    throw invalid(
      field,
      `invalid socket ${quoted(value)}: expected an absolute path in a folder, of letters, digits and "-_.+@~", ` +
        `at most ${socketPathMax} characters`,
    );
  return value;
}
