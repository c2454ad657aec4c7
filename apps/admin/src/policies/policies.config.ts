// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { isAbsolute } from 'node:path';
import * as z from 'zod/mini';
import {
  absent,
  defaulted,
  described,
  entries,
  hasEntries,
  isUnset,
  namingSource,
  parseConfig,
  parseJson,
  parsed,
  readJson,
  readText,
  fileSettings,
  type Given,
  type Setting,
  wholeNumber,
  type Omission,
  type Path,
} from '@givc/config';
import {
  GivcError,
  invalid,
  problemOf,
  parsePolicyName,
  parseVmName,
  quoted,
  type PolicyName,
  type VmName,
} from '@givc/model';
import { parseBranch, parseRepository } from './repository-url.js';
import { parseWebUrl } from './web-url.js';

const shortestSecs = 0.1;
const longestSecs = 7 * 24 * 60 * 60;

const seconds = (byDefault: number) =>
  parsed(defaulted(z.number(), byDefault), (field, value) => {
    if (value !== 0 && !(value >= shortestSecs && value <= longestSecs))
      throw invalid(field, `invalid interval ${value}: expected 0 (once), or ${shortestSecs}-${longestSecs} seconds`);
    return value;
  });

const none = z.strictObject({
  type: described(z.literal('none'), 'No source.'),
  url: described(absent(z.string()), 'No effect.'),
  branch: described(absent(z.string()), 'No effect.'),
  poll_interval_secs: described(absent(z.number()), 'No effect.'),
});

const branch = absent(parsed(z.string(), parseBranch));

const git = z.pipe(
  z.strictObject({
    type: described(z.literal('git-url'), 'A git repository with the file vm-policies/NAME/policy.bin of each policy.'),
    url: described(absent(parsed(z.string(), parseRepository)), 'The URL of the repository.'),
    branch: described(branch, "The branch; the repository's own HEAD when `ref` is missing, too."),
    ref: described(branch, 'Another name for `branch`.'),
    poll_interval_secs: described(seconds(300), 'The interval in seconds; 0 reads the repository once.'),
  }),
  z.transform(({ ref, ...source }) => ({ ...source, branch: source.branch ?? ref })),
);

const perPolicy = z.strictObject({
  ...none.shape,
  type: described(z.literal('per-policy'), 'The `perPolicyUpdater` of each policy.'),
});

const updater = z.strictObject({
  url: described(absent(parsed(z.string(), parseWebUrl)), 'The URL of the policy.'),
  head: described(
    absent(parsed(z.string(), parseWebUrl)),
    'The URL whose HEAD response shows whether the policy has changed; `url` by default.',
  ),
  poll_interval_secs: described(seconds(60), 'The interval in seconds; 0 reads the policy once.'),
});

const policy = z.strictObject({
  vms: described(entries(parsed(z.string(), parseVmName)), 'The machines that get the policy.'),
  perPolicyUpdater: described(absent(updater), 'The source of this policy, if the type of `source` is "per-policy".'),
});

const policies = z.pipe(
  z.record(z.string(), z.optional(policy)),
  z.transform((value, context) => {
    const known = new Map<PolicyName, z.output<typeof policy>>();
    for (const [key, one] of Object.entries(value))
      try {
        if (one) known.set(parsePolicyName('', key), one);
      } catch (error) {
        context.issues.push({
          code: 'custom',
          message: problemOf(error),
          path: [key],
          input: value,
        });
      }
    return known;
  }),
);

/**
 * A source in which every key is unset counts as no source, because Nix modules write such keys; any other source needs
 * a type.
 */
const source = z.pipe(
  z.transform((input: unknown) =>
    typeof input === 'object' && input !== null && Object.values(input).every(isUnset) ? { type: 'none' } : input,
  ),
  described(
    z.discriminatedUnion('type', [none, git, perPolicy], {
      error: 'invalid type: expected "none", "git-url" or "per-policy"',
    }),
    'A source.',
    { alternatives: [{ type: 'object', additionalProperties: { enum: [null, ''] } }] },
  ),
);

/** The file of POLICY_CONFIG. */
export const policiesFile = z.strictObject({
  $schema: described(absent(z.string()), 'The JSON Schema of this file, for editors; the admin does not read it.'),
  source: described(defaulted(source, { type: 'none' }), 'Where policies come from.'),
  policies: described(defaulted(policies, {}), 'The policies by their names.'),
  /** Not in the contract. */
  maxBytes: described(
    defaulted(wholeNumber(1, 1024 * 1024 * 1024, { what: 'size', unit: 'bytes' }), 16 * 1024 * 1024),
    'The maximum size of a policy in bytes.',
  ),
});

type File = z.output<typeof policiesFile>;
type GitSource = Extract<File['source'], { type: 'git-url' }>;
type WithUrl<Source extends { url?: unknown }> = Omit<Source, 'url'> & { readonly url: NonNullable<Source['url']> };

export type GitSourceConfig = WithUrl<GitSource>;
export type Updater = WithUrl<z.output<typeof updater>>;

/** The VMs of a policy and its source; without an updater it comes from the repository of the configuration. */
export interface PolicySubscription {
  readonly vms: readonly VmName[];
  readonly perPolicyUpdater: Updater | undefined;
}

/** The policies of an admin: their names, sources and subscribers. */
export class PoliciesConfig {
  readonly source!: { readonly type: 'none' | 'per-policy' } | GitSourceConfig;
  readonly policies!: ReadonlyMap<PolicyName, PolicySubscription>;
  readonly maxBytes!: number;
  /** The folder of the store. */
  readonly store!: string;
  /** The file of this configuration; undefined when it is part of the command line or the environment. */
  readonly file!: string | undefined;

  constructor(values: PoliciesConfig) {
    Object.assign(this, values);
  }
}

/**
 * A mistake leaves out the policy that it is in, the VM of a policy, or the source; `maxBytes` is the limit for all of
 * them.
 */
function omissionOf([first, name, key, index]: Path): Omission | undefined {
  if (first === 'source') return { path: [first], consequence: 'the source is left out' };
  if (first !== 'policies' || name === undefined) return undefined;
  if (key === 'vms' && index !== undefined)
    return { path: [first, name, key, index], consequence: 'this entry is left out' };
  return { path: [first, name], consequence: 'the policy is left out' };
}

const hasUrl = <Source extends { readonly url?: unknown }>(source: Source): source is Source & WithUrl<Source> =>
  source.url !== undefined;

/**
 * `config` is JSON, or the path of a JSON file. Throws INVALID_ARGUMENT for invalid JSON and for mistakes that concern
 * all policies, as `listMistakes` lists them. What is left out for another mistake is a warning, and so is a setting
 * without effect: an unknown key, a source or an updater without a URL, a policy without VMs.
 */
export function readPoliciesConfig(
  config: string,
  store: string,
): { readonly value: PoliciesConfig; readonly warnings: readonly string[] } {
  if (!isAbsolute(store))
    throw new GivcError('INVALID_ARGUMENT', `invalid --policy-store ${quoted(store)}: expected an absolute path`);
  const isJson = /^[\s\ufeff]*\{/.test(config);
  const origin = isJson ? '--policy-config' : config;
  const json = isJson ? parseJson(origin, config) : readJson(config);
  const { value: file, warnings } = namingSource(origin, () => parseConfig(policiesFile, json, omissionOf));
  const { source } = file;
  const idle: string[] = [];
  if (source.type === 'git-url' && !hasUrl(source))
    idle.push('source.url: no repository is named, so no policy comes from one');
  const policies = new Map<PolicyName, PolicySubscription>();
  for (const [name, { vms, perPolicyUpdater }] of file.policies) {
    const isUpdated = perPolicyUpdater !== undefined && hasUrl(perPolicyUpdater);
    if (source.type === 'per-policy' && !isUpdated)
      idle.push(`policies.${name}.perPolicyUpdater.url: no URL is named, so this policy has no source`);
    if (source.type !== 'per-policy' && isUpdated)
      idle.push(`policies.${name}.perPolicyUpdater.url: only a source of type "per-policy" uses it`);
    if (!hasEntries(json, 'policies', name, 'vms'))
      idle.push(`policies.${name}.vms: no VM is named, so this policy is sent to none`);
    policies.set(name, { vms, perPolicyUpdater: isUpdated ? perPolicyUpdater : undefined });
  }
  return {
    value: new PoliciesConfig({
      source: source.type !== 'git-url' ? { type: source.type } : hasUrl(source) ? source : { type: 'none' },
      policies,
      maxBytes: file.maxBytes,
      store,
      file: isJson ? undefined : config,
    }),
    warnings: [...warnings, ...idle],
  };
}

/** The settings of a file of POLICY_CONFIG with this text. Throws as `readPoliciesConfig`. */
export function givenByPoliciesFile(file: string, text: string): Given {
  const parsedFile = namingSource(file, () => parseConfig(policiesFile, parseJson(file, text), omissionOf));
  return { settings: fileSettings(file, text, parsedFile), value: parsedFile.value };
}

/** The settings of a file of POLICY_CONFIG that are in force. Throws as `readPoliciesConfig`. */
export const policiesSettings = (file: string): Setting[] =>
  givenByPoliciesFile(file, readText(file)).settings.map((setting) => ({
    ...setting,
    key: `policy-config.${setting.key}`,
  }));
