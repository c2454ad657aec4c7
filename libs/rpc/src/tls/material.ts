// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readBytes } from '@givc/files';
import { GivcError, messageOf, systemErrorText } from '@givc/model';
import { secureContextOf } from './secure-context.js';
import { parsePemCertificates } from './trusted-path.js';

/** The paths of three PEM files: the trusted authorities, the own certificate with its chain, and its private key. */
export interface TlsFiles {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

/** A machine's certificate and the trusted authorities, as PEM. */
export interface Certificates {
  readonly ca: Buffer;
  readonly cert: Buffer;
}

/** A machine's certificate, its key and the trusted authorities, as PEM that was checked to belong together. */
export interface TlsMaterial extends Certificates {
  readonly key: Buffer;
}

function read(path: string, what: string): Buffer {
  try {
    return readBytes(path);
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
    throw invalid('is not a PEM certificate', error);
  }
  try {
    parsePemCertificates(pem);
  } catch (error) {
    throw invalid(`has several certificates, of which one is damaged: ${messageOf(error)}`, error);
  }
  return first;
}

/** Throws INVALID_ARGUMENT that names the file which is missing or damaged. */
export function readCertificates(files: Pick<TlsFiles, 'ca' | 'cert'>): Certificates {
  const certificates = { ca: read(files.ca, 'CA certificate'), cert: read(files.cert, 'certificate') };
  parseCertificate(certificates.ca, files.ca, 'CA certificate');
  parseCertificate(certificates.cert, files.cert, 'certificate');
  return certificates;
}

/** Throws INVALID_ARGUMENT that names the file which is missing or cannot be read. */
export const readKey = ({ key }: Pick<TlsFiles, 'key'>): Buffer => read(key, 'private key');

/** Throws INVALID_ARGUMENT that names the file which is missing, damaged or does not belong to the others. */
export function readTlsMaterial(files: TlsFiles): TlsMaterial {
  const material = { ...readCertificates(files), key: readKey(files) };
  const certificate = new X509Certificate(material.cert);
  try {
    secureContextOf(material);
    // OpenSSL accepts a certificate and a key of different types, and compares only those of one type.
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
