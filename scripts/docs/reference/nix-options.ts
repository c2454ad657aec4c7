// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NixOption } from '../../../test/nix/evaluation.js';
import type { Page } from '../page.js';
import { cell, code } from './tables.js';

/** A value in Nix: on the line of its name, or below it as a block. */
const valueOf = (name: string, value: string | undefined): string =>
  value === undefined
    ? ''
    : value.trim().includes('\n')
      ? `\n${name}:\n\n\`\`\`nix\n${value.trim()}\n\`\`\`\n`
      : `\n${name}: ${code(value)}\n`;

const optionText = ({ name, type, description, default: byDefault, example, readOnly }: NixOption): string => `
## ${code(name)}

${cell(description)}

Type: ${cell(type)}${readOnly ? ' (read-only)' : ''}
${valueOf('Default', byDefault)}${valueOf('Example', example)}`;

/** A page for each NixOS module, below `api/nixos` as in the documentation of the original. */
export function nixPages(root: string): readonly Page[] {
  const modules = JSON.parse(readFileSync(join(root, 'nix/options.json'), 'utf8')) as Record<string, NixOption[]>;
  return Object.entries(modules).map(([name, options]) => ({
    file: `docs/api/nixos/${name}.md`,
    text: `# Module ${name}\n\nOptions of the NixOS module ${name} of GIVC.\n${options.map(optionText).join('')}`,
  }));
}
