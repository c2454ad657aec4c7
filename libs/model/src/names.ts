// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { invalid, quoted } from './givc-error.js';

declare const brand: unique symbol;

/** A full unit name with its suffix, valid by systemd.unit(5): `NetworkManager.service`, `microvm@net-vm.service`. */
export type UnitName = string & { readonly [brand]: 'UnitName' };

/** The name of a machine, which is also the first DNS name of its certificate: `net-vm`. */
export type VmName = string & { readonly [brand]: 'VmName' };

/** The name of a configured application, which is the part of its units before the `@`: `chromium`. */
export type ApplicationName = string & { readonly [brand]: 'ApplicationName' };

/** The name of a policy, and of its folder in every store: `firewall`. */
export type PolicyName = string & { readonly [brand]: 'PolicyName' };

const unitSuffix = /\.(service|socket|device|mount|automount|swap|target|path|timer|slice|scope)$/;
const unitCharacters = /^[A-Za-z0-9:_.\\@-]+$/;
const unitNameMax = 255;
const vmName = /^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?$/;
const vmNameMax = 63;
const isVmName = (value: string): value is VmName => value.length <= vmNameMax && vmName.test(value);
const applicationName = /^[A-Za-z0-9_][A-Za-z0-9:_.-]*$/;
const applicationNameMax = 128;
const isApplicationName = (value: string): value is ApplicationName =>
  value.length <= applicationNameMax && applicationName.test(value);
const policyName = /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/;
const policyNameMax = 128;

/**
 * Throws INVALID_ARGUMENT that names `field` unless `value` is the name of a unit that could be started, which a
 * template without an instance is not.
 */
export function parseUnitName(field: string, value: string): UnitName {
  if (value === '') throw invalid(field, 'a unit name is missing');
  if (value.length > unitNameMax) throw invalid(field, `a unit name has at most ${unitNameMax} characters`);
  if (!unitCharacters.test(value))
    throw invalid(
      field,
      `invalid unit name ${quoted(value)}: expected letters, digits and ":-_.\\@" (systemd.unit(5))`,
    );
  const suffix = unitSuffix.exec(value);
  if (!suffix) throw invalid(field, `invalid unit name ${quoted(value)}: expected a suffix such as ".service"`);
  const stem = value.slice(0, suffix.index);
  if (stem === '' || stem.startsWith('@') || stem.startsWith('.'))
    throw invalid(field, `invalid unit name ${quoted(value)}: expected a name before the suffix or the "@"`);
  if (stem.endsWith('@'))
    throw invalid(
      field,
      `invalid unit name ${quoted(value)}: expected an instance of the template, such as "${stem}0${suffix[0]}"`,
    );
  return value as UnitName;
}

/** Throws INVALID_ARGUMENT that names `field` unless `value` can be the name of a machine. */
export function parseVmName(field: string, value: string): VmName {
  if (value === '') throw invalid(field, 'the name of a VM is missing');
  if (!isVmName(value))
    throw invalid(
      field,
      `invalid VM name ${quoted(value)}: expected letters, digits, "-", "_" and ".", at most ${vmNameMax}`,
    );
  return value;
}

/** Throws INVALID_ARGUMENT that names `field` unless `value` can be the name of an application. */
export function parseApplicationName(field: string, value: string): ApplicationName {
  if (value === '') throw invalid(field, 'the name of an application is missing');
  if (!isApplicationName(value))
    throw invalid(
      field,
      `invalid application name ${quoted(value)}: expected letters, digits and ":_.-", at most ${applicationNameMax}`,
    );
  return value;
}

/**
 * Throws INVALID_ARGUMENT that names `field` unless `value` can be the name of a policy, which never leads out of a
 * folder.
 */
export function parsePolicyName(field: string, value: string): PolicyName {
  if (value === '') throw invalid(field, 'the name of a policy is missing');
  // A JSON parser never creates a property with this name.
  if (value.length > policyNameMax || !policyName.test(value) || value === '__proto__')
    throw invalid(
      field,
      `invalid policy name ${quoted(value)}: expected letters, digits and "_.-", at most ${policyNameMax}, no "." or "-" first`,
    );
  return value as PolicyName;
}

/** The registry name of the agent of a machine. */
export const agentUnit = (vm: VmName): UnitName => `givc-${vm}.service` as UnitName;

/** The host's unit that runs a VM. */
export const vmUnit = (vm: VmName): UnitName => `microvm@${vm}.service` as UnitName;

/** The maximum number of applications of one machine that the admin lists. */
export const maxApplications = 200;

/** The unit of a running application; instances are counted from 0. */
export const instanceUnit = (application: ApplicationName, instance: number): UnitName =>
  `${application}@${instance}.service` as UnitName;

const pick = (pattern: RegExp, value: string): string | undefined => pattern.exec(value)?.[1];

/** The machine whose agent has this registry name; undefined for other names. */
export function vmOfAgentUnit(unit: UnitName): VmName | undefined {
  const name = pick(/^givc-(.+)\.service$/, unit);
  return name !== undefined && isVmName(name) ? name : undefined;
}

/** The VM that this unit of the host runs; undefined for other units. */
export function vmOfVmUnit(unit: UnitName): VmName | undefined {
  const name = pick(/^microvm@(.+)\.service$/, unit);
  return name !== undefined && isVmName(name) ? name : undefined;
}

/** The application and the number of a unit such as `chromium@0.service`. */
export function instanceOfUnit(
  unit: UnitName,
): { readonly application: ApplicationName; readonly instance: number } | undefined {
  const parts = /^([^@]+)@(0|[1-9][0-9]{0,8})\.service$/.exec(unit);
  const application = parts?.[1];
  return application !== undefined && isApplicationName(application)
    ? { application, instance: Number(parts![2]) }
    : undefined;
}

/**
 * A selection of running instances: `chromium@0.service` or `chromium@0` selects one; `chromium@` or `chromium` selects
 * all.
 */
export type InstanceSelector =
  { readonly kind: 'one'; readonly unit: UnitName } | { readonly kind: 'all'; readonly application: ApplicationName };

/** Throws INVALID_ARGUMENT that names `field` unless `value` selects instances of an application. */
export function parseInstanceSelector(field: string, value: string): InstanceSelector {
  const bare = value.endsWith('@') ? value.slice(0, -1) : value;
  if (!bare.includes('@')) return { kind: 'all', application: parseApplicationName(field, bare) };
  const unit = parseUnitName(field, value.endsWith('.service') ? value : `${value}.service`);
  if (!instanceOfUnit(unit))
    throw invalid(field, `invalid instance ${quoted(value)}: expected one such as "chromium@0.service"`);
  return { kind: 'one', unit };
}
