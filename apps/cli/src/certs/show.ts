// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { GivcError, messageOf } from '@givc/model';
import { daysLeft, factsOf, formatTime, parseCertificates, type CertificateFacts } from '@givc/pki';
import { formatTable } from '../output/table.js';

/** A certificate and its file. */
export interface CertificateInFile extends CertificateFacts {
  readonly file: string;
  /** Whole days; negative when the certificate has ended. */
  readonly daysLeft: number;
}

const filesOfFolder = ['cert.pem', 'ca-cert.pem'];

function readFile(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new GivcError('NOT_FOUND', `cannot read ${file}: ${messageOf(error)}`, { cause: error });
  }
}

function filesAt(path: string): readonly string[] {
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) return [path];
  const files = filesOfFolder
    .map((name) => join(path, name))
    .filter((file) => statSync(file, { throwIfNoEntry: false }) !== undefined);
  if (files.length === 0)
    throw new GivcError(
      'NOT_FOUND',
      `${path} has neither ${filesOfFolder.join(' nor ')}: name a file or another folder`,
    );
  return files;
}

/**
 * Every certificate of a PEM file, or of the certificate and the authority in a folder. Throws when there is none, or
 * one that cannot be read.
 */
export const readCertificates = (path: string): CertificateInFile[] =>
  filesAt(path).flatMap((file) => {
    const certificates = parseCertificates(readFile(file));
    if (!certificates) throw new GivcError('FAILED_PRECONDITION', `${file} has no PEM certificate`);
    return certificates.map(factsOf).map((facts) => ({ file, ...facts, daysLeft: daysLeft(facts.notAfter) }));
  });

/** One fact a line. */
export const formatCertificate = (shown: CertificateInFile): string =>
  formatTable(
    ['FILE', shown.file],
    [
      ['Subject', shown.subject],
      ['DNS names', shown.dnsNames.join(', ')],
      ['Addresses', shown.addresses.join(', ')],
      ['Issuer', shown.issuer],
      ['Serial', shown.serial],
      ['Key', shown.keyType],
      ['Authority', shown.authority ? 'yes' : 'no'],
      ['Usages', [...(shown.keyUsages ?? []), ...(shown.extendedKeyUsages ?? [])].join(', ')],
      ['Valid from', formatTime(shown.notBefore)],
      ['Valid to', formatTime(shown.notAfter)],
      ['Days left', String(shown.daysLeft)],
      ['SHA-256', shown.fingerprint],
    ],
  );
