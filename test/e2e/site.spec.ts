// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { linkBetween, partsOf, slugOf, splitTarget, withLinks } from '../../scripts/docs/page.js';
import { siteProblems } from '../../scripts/docs/site-links.js';

describe('the site of the documentation', () => {
  it('has an address for each page that follows from its file', () => {
    const files = ['README.md', 'docs/tour.md', 'docs/adr/README.md', 'libs/client/README.md', 'CONTRIBUTING.md'];
    expect(files.map(slugOf)).toEqual(['', 'tour', 'adr', 'libs/client', 'contributing']);
  });

  it('links its pages in a way that holds wherever it is served', () => {
    expect(linkBetween('', 'tour')).toBe('tour/');
    expect(linkBetween('adr/0001', 'tour')).toBe('../../tour/');
    expect(linkBetween('tour', '')).toBe('../');
    expect(linkBetween('', '')).toBe('./');
  });

  it('takes title and description from the first heading and the first sentence', () => {
    const text = '# The `x` of [y](y.md)\n\n| a |\n| - |\n\nOne *short* sentence about\n`x`. Another one.\n';
    expect(partsOf({ file: 'x.md', text })).toMatchObject({
      title: 'The x of y',
      description: 'One short sentence about x.',
    });
    expect(() => partsOf({ file: 'x.md', text: 'No heading.\n' })).toThrow('x.md: the first line is not a heading');
  });

  it('changes links, but not code that looks like one', () => {
    const text = 'a [b `c](d)`](e.md#f) `[g](h)` ![i](j.png)\n\n```sh\n[k](l)\n```\n\n[m\nn](o.md)';
    expect(withLinks(text, (target) => (target === 'o.md' ? undefined : `X/${target}`))).toBe(
      'a [b `c](d)`](X/e.md#f) `[g](h)` ![i](X/j.png)\n\n```sh\n[k](l)\n```\n\nm\nn',
    );
    expect(splitTarget('docs/adr/README.md', '../tour.md#a-b')).toEqual({ path: 'docs/tour.md', anchor: '#a-b' });
    expect(splitTarget('docs/tour.md', 'https://example.org/')).toBeUndefined();
  });

  it('is not built with a link to a page or a heading that does not exist', () => {
    const folder = mkdtempSync(join(tmpdir(), 'givc-site-'));
    try {
      mkdirSync(join(folder, 'a'));
      writeFileSync(join(folder, 'index.html'), '<a href="a/#x">1</a><a href="a/#y">2</a><a href="b/">3</a>');
      writeFileSync(join(folder, 'a/index.html'), '<h2 id="x">x</h2><a href="../">4</a><a href="https://b.c/">5</a>');
      expect(siteProblems(folder)).toEqual([
        'dist/docs/index.html: a/#y: a/index.html has no such heading',
        'dist/docs/index.html: b/: there is no such page',
      ]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
