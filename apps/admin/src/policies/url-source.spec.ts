// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { parsePolicyName, type PolicyName } from '@givc/model';
import type { Origin, PolicyStore } from './policy-store.js';
import { UrlSource } from './url-source.js';

const name = parsePolicyName('name', 'firewall');
const url = new URL('http://server/firewall');

describe('a policy of a web server', () => {
  let stored: string[];
  let origins: Origin[];
  let known: Origin | undefined;
  let asked: string[];
  let signals: AbortSignal[];
  /** The responses of the server, by method and path. */
  let answers: Record<string, () => Response>;

  beforeEach(() => {
    [stored, origins, asked, signals, known] = [[], [], [], [], undefined];
    answers = { 'GET /firewall': () => new Response('one') };
    jest.spyOn(globalThis, 'fetch').mockImplementation((input, { method = 'GET', signal, headers } = {}) => {
      const { pathname } = new URL(input);
      const conditions = Object.entries((headers ?? {}) as Record<string, string>).map((pair) => pair.join(': '));
      asked.push([`${method} ${pathname}`, ...conditions].join(' '));
      signals.push(signal!);
      if (signal!.aborted) return Promise.reject(signal!.reason as Error);
      return Promise.resolve(answers[`${method} ${pathname}`]?.() ?? new Response(null, { status: 404 }));
    });
  });
  afterEach(() => {
    jest.restoreAllMocks();
    jest.useRealTimers();
  });

  const update = (head?: URL) => {
    const store = {
      origin: () => Promise.resolve(known),
      put: async (_: PolicyName, content: AsyncIterable<Uint8Array>, signature?: string) => {
        const chunks: Uint8Array[] = [];
        for await (const chunk of content) chunks.push(chunk);
        stored.push(`${Buffer.concat(chunks).toString()} ${signature?.length ?? 'unsigned'}`);
        return 'hash';
      },
      setOrigin: (_: PolicyName, origin: Origin) => Promise.resolve(origins.push(origin)),
      putSignature: (_: PolicyName, signature?: string) =>
        Promise.resolve(stored.push(`signature ${signature?.length}`)),
    } as unknown as PolicyStore;
    return new UrlSource(name, { url, head, poll_interval_secs: 0 }, store).update(new AbortController().signal);
  };
  const origin = (fields: Partial<Origin> = {}): Origin => ({
    url: url.href,
    sha256: 'hash',
    etag: undefined,
    lastModified: undefined,
    head: undefined,
    ...fields,
  });

  it('is fetched within a minute for all requests together', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] });
    await update();
    expect(asked).toEqual(['GET /firewall', 'GET /firewall.minisig']);
    jest.advanceTimersByTime(60_000 - 1);
    expect(signals.map(({ aborted }) => aborted)).toEqual([false, false]);
    jest.advanceTimersByTime(1);
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true]);
    const head = new URL('/head', url);
    answers['GET /head'] = answers['HEAD /head'] = () => {
      jest.advanceTimersByTime(60_000);
      return new Response('1');
    };
    await expect(update(head)).rejects.toMatchObject({
      reason: 'UNAVAILABLE',
      message: expect.stringMatching(/^server: /),
    });
  });

  it('is stored with the version headers of the server', async () => {
    answers['GET /firewall'] = () => new Response('one', { headers: { etag: '"1"', 'last-modified': 'yesterday' } });
    await update();
    expect(stored).toEqual(['one unsigned']);
    expect(origins).toEqual([origin({ etag: '"1"', lastModified: 'yesterday' })]);
  });

  it.each([
    ['its ETag', { etag: '"1"', lastModified: 'yesterday' }, 'GET /firewall if-none-match: "1"'],
    ['its date, without an ETag', { lastModified: 'yesterday' }, 'GET /firewall if-modified-since: yesterday'],
    ['nothing when the stored policy has another URL', { url: 'http://other/', etag: '"1"' }, 'GET /firewall'],
  ])('is requested with %s', async (_, fields, request) => {
    known = origin(fields);
    answers['GET /firewall'] = () => new Response(null, { status: 304 });
    await update();
    expect(asked[0]).toBe(request);
    expect(stored).toEqual(['signature undefined']);
  });

  it('is not requested when a HEAD of another URL shows that the stored version is current', async () => {
    const head = new URL('http://server/head');
    answers['HEAD /head'] = () => new Response(null, { headers: { etag: '"7"' } });
    await update(head);
    expect(origins).toEqual([origin({ head: '"7"' })]);
    known = origins[0];
    await update(head);
    expect(asked).toEqual(['HEAD /head', 'GET /firewall', 'GET /firewall.minisig', 'HEAD /head']);
  });

  it.each([
    ['is rejected', '"7"', () => new Response(null, { status: 500, headers: { etag: '"7"' } })],
    ['has no version header', undefined, () => new Response(null)],
  ])('is requested when a HEAD %s', async (_, version, answer) => {
    const head = new URL('http://server/head');
    answers['HEAD /head'] = answer;
    known = origin({ head: version });
    await update(head);
    expect(stored).toEqual(['one unsigned']);
  });

  it.each([
    ['the text of a signature', `untrusted comment: ${'s'.repeat(4_096 - 19)}`, 'one 4096'],
    ['a longer text than a signature', `untrusted comment: ${'s'.repeat(4_097 - 19)}`, 'one unsigned'],
    ['something else', '<html>', 'one unsigned'],
  ])('has the signature at the URL beside it: %s', async (_, text, expected) => {
    answers['GET /firewall.minisig'] = () => new Response(text);
    await update();
    expect(stored).toEqual([expected]);
  });

  it('is fetched through at most five redirects', async () => {
    const to = (location: string) => () => new Response(null, { status: 302, headers: { location } });
    for (let n = 1; n < 5; n++) answers[`GET /${n}`] = to(`/${n + 1}`);
    answers['GET /firewall'] = to('/1');
    answers['GET /5'] = () => new Response('one');
    await update();
    expect(stored).toEqual(['one unsigned']);
    answers['GET /5'] = to('/6');
    answers['GET /6'] = () => new Response('one');
    await expect(update()).rejects.toThrow('server: too many redirects: expected at most 5');
  });
});
