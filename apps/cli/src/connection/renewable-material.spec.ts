// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAuthority } from '@givc/pki';
import { renewableMaterial } from './renewable-material.js';

describe('renewableMaterial', () => {
  const folder = mkdtempSync(join(tmpdir(), 'givc-material-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  const files = { ca: join(folder, 'ca.pem'), cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') };
  const authority = createAuthority();

  /** Writes a new certificate with its key, and returns it. */
  function issue(): string {
    const { certificate, key } = authority.issue({ name: 'gui-vm', addresses: [] });
    writeFileSync(files.ca, authority.certificate);
    writeFileSync(files.cert, certificate);
    writeFileSync(files.key, key);
    return certificate.toString();
  }

  it('reads the files once for the first connection, and again for each later one', () => {
    const first = issue();
    const material = renewableMaterial(files);
    const second = issue();
    expect(String(material().cert)).toBe(first);
    expect(String(material().cert)).toBe(second);
    const third = issue();
    expect(String(material().cert)).toBe(third);
  });

  it('keeps its last valid contents while the files do not belong together', () => {
    const first = issue();
    const material = renewableMaterial(files);
    material();
    writeFileSync(files.key, 'half a key');
    expect(String(material().cert)).toBe(first);
  });
});
