// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Injectable } from '@nestjs/common';
import { GivcError } from '@givc/model';
import { PoliciesService } from './policies.service.js';

/** The policies of an admin that is not configured to send any: every request for them fails. */
@Injectable()
export class NoPoliciesService extends PoliciesService {
  list(): never {
    throw new GivcError('FAILED_PRECONDITION', 'this admin sends no policies: set POLICY_ADMIN=true');
  }
}
