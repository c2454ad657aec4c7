// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { FakeSystemdUnderTest } from './contract/fake-systemd-under-test.fixture.js';
import { describeSystemd } from './contract/systemd-contract.fixture.js';

describeSystemd('the fake systemd', () => Promise.resolve(new FakeSystemdUnderTest()));
