// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Log } from '@givc/log';
import { GivcError, parsePolicyName, type PolicyName } from '@givc/model';
import { GitSource } from './git-source.js';
import { readPoliciesConfig } from './policies.config.js';
import type { PolicyStore } from './policy-store.js';
import { SourcesService } from './sources.service.js';
import { UrlSource } from './url-source.js';

const [firewall, browser] = [parsePolicyName('name', 'firewall'), parsePolicyName('name', 'browser')];

describe('the sources of policies', () => {
  let sources: SourcesService;
  let lines: string[];
  /** The start of each update, in seconds. */
  let updates: number[];
  let gitUpdate: () => Promise<Map<PolicyName, GivcError>>;
  let urlUpdate: () => Promise<void>;

  beforeEach(() => {
    jest.useFakeTimers({ now: 0 });
    [lines, updates] = [[], []];
    gitUpdate = () => Promise.resolve(new Map<PolicyName, GivcError>());
    urlUpdate = () => Promise.resolve();
    jest.spyOn(GitSource.prototype, 'update').mockImplementation(() => {
      updates.push(performance.now() / 1_000);
      return gitUpdate();
    });
    jest.spyOn(UrlSource.prototype, 'update').mockImplementation(() => {
      updates.push(performance.now() / 1_000);
      return urlUpdate();
    });
  });
  afterEach(async () => {
    await sources.onApplicationShutdown();
    jest.restoreAllMocks();
    jest.useRealTimers();
  });

  const start = (source: object, policies: object) => {
    const config = readPoliciesConfig(JSON.stringify({ source, policies }), '/store').value;
    const log = new Log('debug', (line) => lines.push(line.trimEnd()), false);
    sources = new SourcesService({} as PolicyStore, log, config);
    sources.onApplicationBootstrap();
  };
  const startGit = (more: object = {}) =>
    start({ type: 'git-url', url: '/repository', ...more }, { firewall: { vms: [] }, browser: { vms: [] } });
  const startUrls = (...intervals: (number | undefined)[]) =>
    start(
      { type: 'per-policy' },
      Object.fromEntries(
        intervals.map((poll_interval_secs, n) => [
          n === 0 ? firewall : browser,
          { vms: [], perPolicyUpdater: { url: 'http://server/policy', poll_interval_secs } },
        ]),
      ),
    );
  const after = (seconds: number) => jest.advanceTimersByTimeAsync(seconds * 1_000);

  it.each<[string, () => void, number[]]>([
    ['a repository is updated at once and every 300 s', () => startGit(), [0, 300, 600, 900]],
    ['a repository is updated at its configured interval', () => startGit({ poll_interval_secs: 400 }), [0, 400, 800]],
    ['a repository with an interval of 0 is updated once', () => startGit({ poll_interval_secs: 0 }), [0]],
    ['a web server is requested at the interval of its policy', () => startUrls(250), [0, 250, 500, 750, 1_000]],
    ['a web server with an interval of 0 is requested once', () => startUrls(0), [0]],
    ['each web server is requested at its own interval', () => startUrls(500, 900), [0, 0, 500, 900, 1_000]],
    ['without a source no update begins', () => start({ type: 'none' }, { firewall: { vms: [] } }), []],
    [
      'a policy without a web server is never requested',
      () => start({ type: 'per-policy' }, { firewall: { vms: [] } }),
      [],
    ],
  ])('are updated at their intervals: %s', async (_, begin, expected) => {
    begin();
    await after(1_000);
    expect(updates).toEqual(expected);
  });

  it('are updated again after 1, 2, 4 ... 60 s when they fail, and at their interval once they have succeeded', async () => {
    gitUpdate = () => Promise.reject(new GivcError('UNAVAILABLE', 'git fetch: no route'));
    startGit();
    await after(200);
    expect(updates).toEqual([0, 1, 3, 7, 15, 31, 63, 123, 183]);
    gitUpdate = () => Promise.resolve(new Map<PolicyName, GivcError>());
    await after(400);
    expect(updates.slice(9)).toEqual([243, 543]);
  });

  it('are updated again as early when some policies have failed as when all have', async () => {
    gitUpdate = () => Promise.resolve(new Map([[browser, new GivcError('NOT_FOUND', 'no file')]]));
    startGit();
    await after(8);
    expect(updates).toEqual([0, 1, 3, 7]);
    expect([sources.problemOf(firewall), sources.problemOf(browser)]).toEqual([undefined, 'no file']);
  });

  it('have a problem while they fail, and the log has each problem and its end once', async () => {
    urlUpdate = () => Promise.reject(new GivcError('UNAVAILABLE', 'server: it answers 500'));
    startUrls(300);
    await after(100);
    expect(sources.problemOf(firewall)).toBe('server: it answers 500');
    urlUpdate = () => Promise.reject(new GivcError('UNAVAILABLE', 'server: it answers 404'));
    await after(100);
    urlUpdate = () => Promise.resolve();
    await after(700);
    expect(sources.problemOf(firewall)).toBeUndefined();
    expect(lines).toEqual([
      'warn: the source does not have the policy policy=firewall error="server: it answers 500"',
      'warn: the source does not have the policy policy=firewall error="server: it answers 404"',
      'info: the source has the policy again policy=firewall',
    ]);
  });

  it('are not updated once the admin stops, which waits for the update in progress and logs no problem', async () => {
    let fail: (error: Error) => void = () => undefined;
    urlUpdate = () => new Promise((_, reject) => (fail = reject));
    startUrls(100);
    await after(1);
    let isOver = false;
    const stopped = sources.onApplicationShutdown().then(() => (isOver = true));
    await after(1);
    expect(isOver).toBe(false);
    fail(new Error('aborted'));
    await stopped;
    await after(1_000);
    expect(updates).toEqual([0]);
    expect(lines).toEqual([]);
    expect(jest.getTimerCount()).toBe(0);
  });
});
