// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { credentialPath } from './credential-path.js';

describe('a path of a configuration', () => {
  const { CREDENTIALS_DIRECTORY } = process.env;
  afterEach(() => {
    delete process.env['CREDENTIALS_DIRECTORY'];
    if (CREDENTIALS_DIRECTORY !== undefined) process.env['CREDENTIALS_DIRECTORY'] = CREDENTIALS_DIRECTORY;
  });

  it('is below the folder of the credentials if it begins with %d/', () => {
    process.env['CREDENTIALS_DIRECTORY'] = '/run/credentials/givc-agent.service';
    expect(credentialPath('%d/key.pem')).toBe('/run/credentials/givc-agent.service/key.pem');
    expect(credentialPath('/etc/%d/key.pem')).toBe('/etc/%d/key.pem');
    expect(credentialPath('%down/key.pem')).toBe('%down/key.pem');
  });

  it('stays as it is where there are no credentials', () => {
    delete process.env['CREDENTIALS_DIRECTORY'];
    expect(credentialPath('%d/key.pem')).toBe('%d/key.pem');
  });
});
