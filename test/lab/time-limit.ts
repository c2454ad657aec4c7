// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

// Jest has one limit for all projects (testTimeout); tests of the lab have their own.
import { testLimitMs } from './limits.js';

jest.setTimeout(testLimitMs);
