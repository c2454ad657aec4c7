// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

// Writes nix/options.json: the options of the NixOS modules, for the documentation where Nix is not installed. Needs
// nix-instantiate and NIXPKGS_LIB. node --import tsx scripts/nix-options.ts
import { writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import { evaluate } from '../test/nix/evaluation.js';

const path = 'nix/options.json';
const { options } = evaluate();
writeFileSync(path, await format(JSON.stringify(options), { ...(await resolveConfig(path)), parser: 'json' }));
