// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { pathToFileURL } from 'node:url';

interface Mermaid {
  readonly renderMermaidSVG: (text: string, options: { bg: string; fg: string; transparent: boolean }) => string;
}

/** Loads the library that draws diagrams from the packages of the site. */
export async function drawer(site: string): Promise<(text: string) => string> {
  const { href } = pathToFileURL(`${site}/node_modules/beautiful-mermaid/dist/index.js`);
  const { renderMermaidSVG } = (await import(href)) as Mermaid;
  return (text) => {
    const svg = renderMermaidSVG(text, { bg: 'var(--sl-color-bg)', fg: 'var(--sl-color-text)', transparent: true });
    // The library loads a font from another host. An empty line would end the HTML in Markdown.
    const own = svg.replace(/@import url\([^)]*\);/, '').replace(/\n\s*/g, ' ');
    if (/url\(['"]?https?:|<image/.test(own)) throw new Error('a diagram would load something from another host');
    return `<figure class="diagram">${own}</figure>`;
  };
}

/** The text with each diagram in Mermaid drawn. */
export const withDiagrams = (text: string, draw: (diagram: string) => string): string =>
  text.replace(/^```mermaid\n([^]*?)^```$/gm, (_all, diagram: string) => draw(diagram));
