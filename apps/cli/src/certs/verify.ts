import { parseVmName } from '@givc/model';
import { daysLeft, inspectFolder, parseAddress, type Expected, type Finding, type MakeIdentity } from '@givc/pki';

/** What a folder is found to be; `summary` says it in one sentence. */
export interface Verdict {
  readonly folder: string;
  /** Whether a daemon can use it: warnings are allowed. */
  readonly right: boolean;
  readonly findings: readonly Finding[];
  readonly summary: string;
}

/** Throws INVALID_ARGUMENT that names the flag which is wrong. */
export const parseExpected = (name: string | undefined, ips: readonly string[] = []): Expected => ({
  name: name === undefined ? undefined : parseVmName('--name', name),
  addresses: ips.map((ip) => parseAddress('--ip', ip)),
});

export async function verify(folder: string, makeIdentity: MakeIdentity, expected: Expected): Promise<Verdict> {
  const { certificate, findings } = await inspectFolder(folder, makeIdentity, expected);
  const problems = findings.filter(({ severity }) => severity === 'problem').length;
  if (problems > 0 || !certificate) {
    const count = problems === 1 ? '1 problem' : `${problems} problems`;
    return { folder, right: false, findings, summary: `no daemon can use ${folder}: ${count}` };
  }
  const { dnsNames, addresses, notAfter } = certificate;
  const whose = [...dnsNames, ...addresses].join(', ');
  return {
    folder,
    right: true,
    findings,
    summary: `${folder} is right: ${whose}, ends in ${daysLeft(notAfter)} days.`,
  };
}
