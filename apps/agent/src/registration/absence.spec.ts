// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError } from '@givc/model';
import { isAbsence } from './unary-registration.js';

describe('the absence of an admin', () => {
  it.each(['UNAVAILABLE', 'DEADLINE_EXCEEDED', 'CANCELLED'] as const)('is what %s means', (reason) => {
    expect(isAbsence(new GivcError(reason, ''))).toBe(true);
  });

  it.each([new GivcError('PERMISSION_DENIED', ''), new GivcError('INTERNAL', ''), new Error('UNAVAILABLE'), undefined])(
    'is not what %p means',
    (error) => {
      expect(isAbsence(error)).toBe(false);
    },
  );
});
