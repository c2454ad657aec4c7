import { isAbsolute } from 'node:path';
import * as z from 'zod/mini';
import { absent, defaulted, parseConfig, parseJson, parsed, readJson } from '@givc/config';
import { GivcError, invalid, parsePolicyName, parseVmName, type PolicyName } from '@givc/model';
import { parseBranch, parseRepository } from './repository-url.js';
import { parseWebUrl } from './web-url.js';

const [shortestSecs, longestSecs] = [0.1, 7 * 24 * 60 * 60];

const seconds = (byDefault: number) =>
  parsed(defaulted(z.number(), byDefault), (field, value) => {
    if (value !== 0 && !(value >= shortestSecs && value <= longestSecs))
      throw invalid(
        field,
        `${value} is neither 0 (once) nor a number of seconds from ${shortestSecs} to ${longestSecs}`,
      );
    return value;
  });

const none = z.strictObject({
  type: z.literal('none'),
  url: absent(z.string()),
  branch: absent(z.string()),
  poll_interval_secs: absent(z.number()),
});

const git = z.strictObject({
  type: z.literal('git-url'),
  url: parsed(z.string(), parseRepository),
  /** The repository's own HEAD when it is missing. */
  branch: absent(parsed(z.string(), parseBranch)),
  poll_interval_secs: seconds(300),
});

const perPolicy = z.strictObject({ ...none.shape, type: z.literal('per-policy') });

const updater = z.strictObject({
  url: parsed(z.string(), parseWebUrl),
  /** Where a HEAD request tells whether there is something new; `url` is asked when it is missing. */
  head: absent(parsed(z.string(), (field, value) => (value === '' ? undefined : parseWebUrl(field, value)))),
  poll_interval_secs: seconds(60),
});

const policy = z.strictObject({
  vms: defaulted(z.array(parsed(z.string(), parseVmName)), []),
  perPolicyUpdater: absent(updater),
});

type Policy = z.output<typeof policy>;

const schema = z.strictObject({
  source: defaulted(
    z.discriminatedUnion('type', [none, git, perPolicy], {
      error: 'one of "none", "git-url" and "per-policy" is needed',
    }),
    { type: 'none' },
  ),
  policies: parsed(defaulted(z.record(z.string(), policy), {}), (field, value): ReadonlyMap<PolicyName, Policy> => {
    return new Map(Object.entries(value).map(([key, one]) => [parsePolicyName(field, key), one]));
  }),
  /** Ours: how large a policy may be. */
  maxBytes: parsed(defaulted(z.number(), 16 * 1024 * 1024), (field, value) => {
    if (!Number.isInteger(value) || value < 1 || value > 1024 * 1024 * 1024)
      throw invalid(field, `${value} is no number of bytes from 1 to 1073741824`);
    return value;
  }),
});

/** Which policies there are, where they come from and who gets them. */
export type PolicyConfig = z.output<typeof schema> & {
  /** The folder in which they are kept. */
  readonly store: string;
};

export type GitSourceConfig = z.output<typeof git>;
export type Updater = z.output<typeof updater>;

/**
 * `config` is JSON, or the path of a file with it. Throws INVALID_ARGUMENT with a line for each mistake, as
 * `listMistakes` lists them; keys that nobody reads are warnings.
 */
export function readPolicyConfig(
  config: string,
  store: string,
): { readonly value: PolicyConfig; readonly warnings: readonly string[] } {
  if (!isAbsolute(store)) throw new GivcError('INVALID_ARGUMENT', '--policy-store: an absolute path is needed');
  const json = config.trimStart().startsWith('{') ? parseJson('--policy-config', config) : readJson(config);
  const { value, warnings } = parseConfig(schema, json);
  return { value: { ...value, store }, warnings };
}
