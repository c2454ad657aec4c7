// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { normalize } from 'node:path';
import * as z from 'zod/mini';
import { absent, defaulted, described, hasEntries, parsed, wholeNumber } from '@givc/config';
import { invalid, parsePolicyName, problemOf, quoted, type PolicyName } from '@givc/model';
import { absolutePath } from '../config/absolute-path.js';
import { configClass } from '../config/config-class.js';
import { enable } from '../config/enable.js';
import { parseMinisignKey } from './minisign.js';

const isNormal = (path: string): boolean => normalize(path) === path && !path.endsWith('/') && !path.includes('\0');

/** Throws INVALID_ARGUMENT when the policy cannot be installed there. */
function checkDestination(name: string, destination: string, all: readonly string[]): void {
  if (name.startsWith('policies.json'))
    throw invalid(name, `invalid policy name ${quoted(name)}: the store has a file of that name`);
  if (destination === '') return;
  if (!destination.startsWith('/') || !isNormal(destination))
    throw invalid(
      name,
      `invalid destination ${quoted(destination)}: expected an absolute path of a file without "..", or ""`,
    );
  if (all.filter((other) => other === destination).length > 1)
    throw invalid(name, `invalid destination ${quoted(destination)}: another policy has it, too`);
}

/** The destination of each policy; an empty one keeps the policy in the store only. */
const policies = z.pipe(
  z.record(z.string(), z.string()),
  z.transform((value, context): ReadonlyMap<PolicyName, string> => {
    const destinations = new Map<PolicyName, string>();
    for (const [key, destination] of Object.entries(value))
      try {
        checkDestination(key, destination, Object.values(value));
        destinations.set(parsePolicyName('', key), destination);
      } catch (error) {
        context.issues.push({ code: 'custom', message: problemOf(error), path: [key], input: value });
      }
    return destinations;
  }),
);

/** Not in the contract. */
const maxBytes = described(
  defaulted(wholeNumber(1, 1024 * 1024 * 1024, { what: 'size', unit: 'bytes' }), 16 * 1024 * 1024),
  'The maximum size of a policy in bytes.',
);

const policy = defaulted(
  z.strictObject({
    enable,
    storePath: described(defaulted(absolutePath, '/etc/policies'), 'The folder in which policies are kept.'),
    policies: described(
      defaulted(policies, {}),
      'The policies that the admin may install, by their names, and the file as which each is installed; with an empty ' +
        'path it is only kept in the store.',
    ),
    maxBytes,
    /** Not in the contract. */
    publicKey: described(
      absent(parsed(z.string(), parseMinisignKey)),
      'A key of minisign(1), the last line of minisign.pub; policies that it has not signed are rejected.',
    ),
    /** Not in the contract. */
    requireName: described(
      defaulted(z.boolean(), false),
      'Reject signatures whose trusted comment has no word policy:NAME.',
    ),
  }),
  {},
);

/** `capabilities.policy`: the policies that the admin may install, and their destinations. */
export class PolicyConfig extends configClass(policy) {}

/** Warns of settings without effect; `json` is the file as it was read. */
export const unusedPolicySettings = ({ enable, requireName, publicKey }: PolicyConfig, json: unknown): string[] => [
  ...(enable && !hasEntries(json, 'capabilities', 'policy', 'policies')
    ? ['capabilities.policy.enable: no policies are named: each is rejected']
    : []),
  ...(requireName && !publicKey
    ? ['capabilities.policy.requireName: signatures are only required with publicKey']
    : []),
];
