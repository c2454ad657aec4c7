// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError, messageOf, type PolicyName } from '@givc/model';
import { timeoutSignal } from '@givc/time';
import type { Updater } from './policies.config.js';
import type { Origin, PolicyStore } from './policy-store.js';

const limitMs = 60_000;
const maxRedirects = 5;
const signatureMaxBytes = 4_096;

const isRedirect = (status: number): boolean => [301, 302, 303, 307, 308].includes(status);

/** Follows redirects to http and https, and none from https to http. Rejects with UNAVAILABLE that names the host. */
async function request(url: URL, init: RequestInit, signal: AbortSignal): Promise<Response> {
  let at = url;
  for (let redirects = 0; redirects <= maxRedirects; redirects++) {
    let response: Response;
    try {
      response = await fetch(at.href, { ...init, redirect: 'manual', signal });
    } catch (error) {
      const cause = error instanceof Error && error.cause ? error.cause : error;
      throw new GivcError('UNAVAILABLE', `${at.host}: ${messageOf(cause)}`, { cause: error });
    }
    const location = isRedirect(response.status) ? response.headers.get('location') : null;
    if (location === null) return response;
    await response.body?.cancel();
    const next = URL.canParse(location, at.href) ? new URL(location, at) : undefined;
    if (!next || !(next.protocol === 'https:' || (next.protocol === 'http:' && at.protocol === 'http:')))
      throw new GivcError(
        'UNAVAILABLE',
        `${at.host}: it redirects to an unsupported URL: expected http or https, and not from https to http`,
      );
    at = next;
  }
  throw new GivcError('UNAVAILABLE', `${url.host}: too many redirects: expected at most ${maxRedirects}`);
}

async function* bodyOf(response: Response, host: string): AsyncGenerator<Uint8Array> {
  try {
    if (response.body) yield* response.body as unknown as AsyncIterable<Uint8Array>;
  } catch (error) {
    throw new GivcError('UNAVAILABLE', `${host}: ${messageOf(error)}`, { cause: error });
  }
}

const header = ({ headers }: Response, name: string): string | undefined => headers.get(name)?.slice(0, 512);

/** One policy from a web server. */
export class UrlSource {
  constructor(
    private readonly name: PolicyName,
    private readonly updater: Updater,
    private readonly store: PolicyStore,
  ) {}

  /**
   * Stores the policy of the server, unless its ETag, else its Last-Modified, shows that the stored one is current. The
   * signature is looked for at the same URL with `.minisig` at the end of its path.
   */
  async update(shutdown: AbortSignal): Promise<void> {
    const signal = AbortSignal.any([shutdown, timeoutSignal(limitMs)]);
    const { url, head: headUrl } = this.updater;
    const known = await this.store.origin(this.name);
    const before = known?.url === url.href ? known : undefined;
    const head = headUrl && (await this.#versionAt(headUrl, signal));
    if (before && head !== undefined && head === before.head) return;

    const response = await request(url, { headers: conditionOf(before) }, signal);
    if (response.status === 304) return this.store.putSignature(this.name, await this.#signature(signal));
    if (response.status !== 200) {
      await response.body?.cancel();
      throw new GivcError('UNAVAILABLE', `${url.host}: it answers ${response.status}`);
    }
    const signature = await this.#signature(signal);
    const sha256 = await this.store.put(this.name, bodyOf(response, url.host), signature);
    const [etag, lastModified] = [header(response, 'etag'), header(response, 'last-modified')];
    await this.store.setOrigin(this.name, { url: url.href, sha256, etag, lastModified, head });
  }

  async #versionAt(url: URL, signal: AbortSignal): Promise<string | undefined> {
    const response = await request(url, { method: 'HEAD' }, signal);
    return response.ok ? (header(response, 'etag') ?? header(response, 'last-modified')) : undefined;
  }

  async #signature(signal: AbortSignal): Promise<string | undefined> {
    const url = new URL(this.updater.url);
    url.pathname += '.minisig';
    const response = await request(url, {}, signal);
    let text = '';
    if (response.status === 200)
      for await (const chunk of bodyOf(response, url.host)) {
        text += Buffer.from(chunk).toString('latin1');
        if (text.length > signatureMaxBytes) break;
      }
    else await response.body?.cancel();
    return text.startsWith('untrusted comment:') && text.length <= signatureMaxBytes ? text : undefined;
  }
}

function conditionOf(before: Origin | undefined): Record<string, string> {
  if (before?.etag !== undefined) return { 'if-none-match': before.etag };
  return before?.lastModified === undefined ? {} : { 'if-modified-since': before.lastModified };
}
