// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

// Installs what packaging needs from the registry, so that it can run later without a network, as in the lab.
import { installNode } from './node.mjs';
import { architectures } from './release.mjs';

for (const arch of Object.keys(architectures)) installNode(arch);
