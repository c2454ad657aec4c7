// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { readFileSync } from 'node:fs';
import starlight from '@astrojs/starlight';
import { defineConfig, passthroughImageService } from 'astro/config';

// scripts/docs writes the pages and this list of them.
const sidebar = JSON.parse(readFileSync(new URL('src/sidebar.json', import.meta.url), 'utf8'));

export default defineConfig({
  outDir: '../dist/docs',
  // No image is converted, so that no native library is needed for it.
  image: { service: passthroughImageService() },
  integrations: [
    starlight({
      title: 'GIVC',
      description: 'gRPC inter-VM communication: the control plane of a computer of virtual machines',
      customCss: ['./src/diagrams.css'],
      pagefind: true,
      sidebar,
    }),
  ],
});
