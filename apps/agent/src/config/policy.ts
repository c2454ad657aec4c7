import { normalize } from 'node:path';
import * as z from 'zod/mini';
import { absent, defaulted, parsed } from '@givc/config';
import { invalid, parsePolicyName, type PolicyName } from '@givc/model';
import { parseMinisignKey } from '../policy/minisign.js';
import { absolutePath } from './absolute-path.js';

const isNormal = (path: string): boolean => normalize(path) === path && !path.endsWith('/') && !path.includes('\0');

/** Where each policy is installed; an empty destination keeps it in the store only. */
const policies = parsed(z.record(z.string(), z.string()), (field, value): ReadonlyMap<PolicyName, string> => {
  const destinations = Object.entries(value).map(([key, destination]) => {
    const name = parsePolicyName(field, key);
    if (name.startsWith('policies.json')) throw invalid(field, `${key}: the store has a file of its own of that name`);
    if (destination !== '' && (!destination.startsWith('/') || !isNormal(destination)))
      throw invalid(field, `${key}: an absolute path of a file is needed, without "..", or an empty string`);
    if (destination !== '' && Object.values(value).filter((other) => other === destination).length > 1)
      throw invalid(field, `${key}: another policy has the destination ${destination}, too`);
    return [name, destination] as const;
  });
  return new Map(destinations);
});

/** Ours: how large a policy may be. */
const maxBytes = parsed(defaulted(z.number(), 16 * 1024 * 1024), (field, value) => {
  if (!Number.isInteger(value) || value < 1 || value > 1024 * 1024 * 1024)
    throw invalid(field, `${value} is no number of bytes from 1 to 1073741824`);
  return value;
});

/** Which policies the admin may install, and where. */
export const policy = defaulted(
  z.strictObject({
    enable: defaulted(z.boolean(), false),
    storePath: defaulted(absolutePath, '/etc/policies'),
    policies: defaulted(policies, {}),
    maxBytes,
    /** Ours: policies that this key of minisign(1) has not signed are refused. */
    publicKey: absent(parsed(z.string(), parseMinisignKey)),
  }),
  {},
);
