// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError } from '@givc/model';
import { isAbsence } from './unary-registration.js';

describe('an error after which the admin counts as absent', () => {
  it.each(['UNAVAILABLE', 'DEADLINE_EXCEEDED', 'CANCELLED'] as const)('includes %s', (reason) => {
    expect(isAbsence(new GivcError(reason, ''))).toBe(true);
  });

  it.each([new GivcError('PERMISSION_DENIED', ''), new GivcError('INTERNAL', ''), new Error('UNAVAILABLE'), undefined])(
    'does not include %p',
    (error) => {
      expect(isAbsence(error)).toBe(false);
    },
  );
});
