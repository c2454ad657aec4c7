// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { request } from 'node:http';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Address } from '@givc/model';

export interface Answer {
  readonly status: number;
  readonly type: string | undefined;
  readonly text: string;
}

/** Sends a plain HTTP request to the address of the metrics. */
export async function ask(address: Address | undefined, path: string, method = 'GET'): Promise<Answer> {
  const asked = request({ ...where(address), path, method, agent: false }).end();
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  let text = '';
  for await (const chunk of answer.setEncoding('utf8')) text += chunk;
  return { status: answer.statusCode!, type: answer.headers['content-type'], text };
}

function where(address: Address | undefined): { socketPath: string } | { host: string; port: number } {
  switch (address?.protocol) {
    case 'tcp':
      return { host: address.host, port: address.port };
    case 'unix':
      return { socketPath: address.path };
    default:
      throw new Error('this server serves no metrics');
  }
}

/** The samples by their names with labels: `givc_agents{state="lost"}`. */
export async function scrape(address: Address | undefined): Promise<ReadonlyMap<string, number>> {
  const { text } = await ask(address, '/metrics');
  const samples = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(samples.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.split(' ').pop())]));
}

/** Scrapes again until a sample has the expected value; a call counts once its stream is closed on both sides. */
export async function scrapeUntil(address: Address | undefined, sample: string, value: number): Promise<void> {
  while ((await scrape(address)).get(sample) !== value);
}
