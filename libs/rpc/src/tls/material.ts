// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { GivcError, messageOf, systemErrorText } from '@givc/model';
import { parsePemCertificates } from './trusted-path.js';

/** The paths of three PEM files: the authorities that are trusted, the own certificate with its chain, and its private key. */
export interface TlsFiles {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

/** A machine's certificate, its key and the authorities that it trusts, as PEM that was checked to fit together. */
export interface TlsMaterial {
  readonly ca: Buffer;
  readonly cert: Buffer;
  readonly key: Buffer;
}

function read(path: string, what: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new GivcError('INVALID_ARGUMENT', `cannot read the ${what} ${path}: ${systemErrorText(error)}`, {
      cause: error,
    });
  }
}

function parseCertificate(pem: Buffer, path: string, what: string): X509Certificate {
  const invalid = (problem: string, cause: unknown) =>
    new GivcError('INVALID_ARGUMENT', `the ${what} ${path} ${problem}`, { cause });
  let first: X509Certificate;
  try {
    first = new X509Certificate(pem);
  } catch (error) {
    throw invalid('is no certificate in PEM', error);
  }
  try {
    parsePemCertificates(pem);
  } catch (error) {
    throw invalid(`has several certificates, of which one is damaged: ${messageOf(error)}`, error);
  }
  return first;
}

/** Throws INVALID_ARGUMENT that names the file which is missing, damaged or does not fit the others. */
export function readTlsMaterial(files: TlsFiles): TlsMaterial {
  const material = {
    ca: read(files.ca, 'CA certificate'),
    cert: read(files.cert, 'certificate'),
    key: read(files.key, 'private key'),
  };
  parseCertificate(material.ca, files.ca, 'CA certificate');
  const certificate = parseCertificate(material.cert, files.cert, 'certificate');
  try {
    createSecureContext(material);
    // OpenSSL takes a certificate and a key of different types side by side, and compares those of one type only.
    if (!certificate.checkPrivateKey(createPrivateKey(material.key))) throw new Error('it is of another type');
  } catch (error) {
    throw new GivcError(
      'INVALID_ARGUMENT',
      `the private key ${files.key} does not belong to the certificate ${files.cert}: ${messageOf(error)}`,
      { cause: error },
    );
  }
  return material;
}
