// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { listMistakes } from '@givc/config';
import { GivcError, invalid, messageOf } from '@givc/model';
import {
  executePlan,
  factsOf,
  formatTime,
  parseCertificates,
  planIssue,
  readAuthority,
  readImage,
  writeImage,
  type Authority,
  type Plan,
} from '@givc/pki';
import { type Machine } from './machine.js';

export interface IssueSettings {
  readonly force?: boolean;
  readonly renewWithin?: number;
  readonly caOnly?: boolean;
}

/** Throws INVALID_ARGUMENT when the flags contradict each other. */
export function parseSettings(settings: IssueSettings): IssueSettings {
  if (settings.caOnly && settings.force) throw invalid('--ca-only', 'cannot be combined with --force');
  return settings;
}

/** A machine and the folder of its certificates; its image is the file of that name with `.img`. */
export interface Order {
  readonly machine: Machine;
  readonly folder: string;
}

const imageOf = (folder: string): string => `${folder}.img`;

type Planned = Order & { readonly plan: Plan };

function planAll(authority: Authority, orders: readonly Order[], settings: IssueSettings): Planned[] {
  const mistakes: GivcError[] = [];
  const planned = orders.flatMap(({ machine, folder }): Planned[] => {
    try {
      if (machine.image) readImage(imageOf(folder), { name: machine.name, force: settings.force });
      return [{ machine, folder, plan: planIssue(authority, folder, { ...machine, ...settings }) }];
    } catch (error) {
      if (!(error instanceof GivcError)) throw error;
      mistakes.push(error);
      return [];
    }
  });
  if (mistakes.length > 0) throw new GivcError(mistakes[0]!.reason, listMistakes(mistakes, messageOf).join('; '));
  return planned;
}

function sentence({ machine, folder, plan }: Planned, { replaced }: Authority): string {
  const trusted = replaced.length === 0 ? 'one authority' : `${replaced.length + 1} authorities`;
  const until = (certificate: string): string =>
    `valid until ${formatTime(factsOf(parseCertificates(certificate)![0]).notAfter)}`;
  const image = machine.image ? `, image ${imageOf(folder)}` : '';
  switch (plan.kind) {
    case 'keep':
      return `${machine.name}: kept, ${folder}${image}`;
    case 'trust':
      return `${machine.name}: kept, and trusts ${trusted}, ${folder}${image}`;
    case 'issue':
      return `${machine.name}: issued, ${until(plan.issued.certificate)}, ${folder}${image}`;
    case 'renew':
      return `${machine.name}: renewed (${plan.reason}), ${until(plan.issued.certificate)}, ${folder}${image}`;
  }
}

/**
 * Issues or renews the certificates and images of all machines, and calls `say` with one sentence for each machine once
 * its files are written. Nothing is written when a file must not be replaced; the error names each such file.
 */
export async function issueAll(
  authorityFolder: string,
  orders: readonly Order[],
  settings: IssueSettings,
  say: (sentence: string) => void,
): Promise<void> {
  const authority = readAuthority(authorityFolder);
  for (const planned of planAll(authority, orders, settings)) {
    const { machine, folder, plan } = planned;
    await executePlan(authority, folder, plan);
    if (machine.image)
      await writeImage(imageOf(folder), folder, { name: machine.name, force: settings.force, ...machine.image });
    say(sentence(planned, authority));
  }
}
