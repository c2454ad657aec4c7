// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

/** Text for Markdown on one line; only code in backquotes keeps its marks. */
export const cell = (text: string): string =>
  text
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/`[^`]*`|[<>*_[\]]/g, (one) => (one.startsWith('`') ? one : `\\${one}`))
    .replaceAll('|', '\\|');

/** Code on one line; empty for nothing. */
export function code(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  if (line === '') return '';
  const escaped = line.replaceAll('|', '\\|');
  return line.includes('`') ? `\`\` ${escaped} \`\`` : `\`${escaped}\``;
}

/** A table in Markdown; empty without rows. Cells are Markdown on one line. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '';
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |\n`;
  return `\n${line(head)}${line(head.map(() => '---'))}${rows.map(line).join('')}\n`;
}
