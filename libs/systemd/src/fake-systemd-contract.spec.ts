// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { FakeBench } from './contract/fake-bench.fixture.js';
import { describeSystemd } from './contract/systemd-contract.fixture.js';

describeSystemd('the fake systemd', () => Promise.resolve(new FakeBench()));
