// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { sections } from './contents.js';
import { slugOf, type Page } from './page.js';

/** A group of the sidebar with its pages, in order. */
export interface PlacedSection {
  readonly label: string;
  readonly collapsed: boolean;
  readonly pages: readonly Page[];
}

/** The pages of an entry of the sidebar. */
function pagesAt(entry: string, pages: readonly Page[]): readonly Page[] {
  const found = pages.filter(({ file }) => (entry.endsWith('/') ? file.startsWith(entry) : file === entry));
  if (found.length === 0) throw new Error(`the sidebar (scripts/docs/contents.ts) has ${entry}, which is no page`);
  return found.toSorted((a, b) => (slugOf(a.file) < slugOf(b.file) ? -1 : 1));
}

/** The sidebar with all pages of the site. Throws for an entry without a page, and for a page without an entry. */
export function sidebarOf(pages: readonly Page[]): readonly PlacedSection[] {
  const placed = sections.map(({ label, pages: entries, collapsed = false }) => ({
    ...{ label, collapsed },
    pages: entries.flatMap((entry) => pagesAt(entry, pages)),
  }));
  const inSidebar = new Set(['README.md', ...placed.flatMap((section) => section.pages.map(({ file }) => file))]);
  const missing = pages.filter(({ file }) => !inSidebar.has(file)).map(({ file }) => file);
  if (missing.length > 0) throw new Error(`not in the sidebar (scripts/docs/contents.ts): ${missing.join(', ')}`);
  return placed;
}
