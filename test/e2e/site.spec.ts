// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generatedPages } from '../../scripts/docs/generated-pages.js';
import { linkBetween, partsOf, slugOf, splitTarget, withLinks } from '../../scripts/docs/page.js';
import { eventsIn } from '../../scripts/docs/reference/log-events.js';
import { metricsIn } from '../../scripts/docs/reference/metrics.js';
import { cell, code, table } from '../../scripts/docs/reference/tables.js';
import { sidebarOf } from '../../scripts/docs/sidebar.js';
import { siteProblems } from '../../scripts/docs/site-links.js';
import { pages } from '../support/documentation.js';

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

  it('has every page in its sidebar, and no entry there without a page', async () => {
    const written = pages().map((file) => ({ file, text: readFileSync(file, 'utf8') }));
    const all = [...written, ...(await generatedPages(process.cwd()))];
    const files = sidebarOf(all).flatMap((section) => section.pages.map(({ file }) => file));
    expect(files).toEqual(expect.arrayContaining(['docs/exit-status.md', 'docs/reference/givc-cli.md']));
    expect(new Set(files).size).toBe(files.length);
    const more = { file: 'docs/more.md', text: '# More\n' };
    expect(() => sidebarOf([...all, more])).toThrow('not in the sidebar (scripts/docs/contents.ts): docs/more.md');
    expect(() => sidebarOf(all.filter(({ file }) => file !== 'docs/history.md'))).toThrow(
      'has docs/history.md, which is no page',
    );
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

  it('has tables whose cells show text and code unchanged', () => {
    expect(table(['a'], [])).toBe('');
    expect(table(['a', 'b'], [[code('x | `y`'), cell('an <a> of\n`<b>` | [c]')]])).toBe(
      '\n| a | b |\n| --- | --- |\n| `` x \\| `y` `` | an \\<a\\> of `<b>` \\| \\[c\\] |\n\n',
    );
  });

  it('reads from a source what it logs, and from a scrape which metrics there are', () => {
    const source = "this.log.warn(`a ${b} c`, { vm, ...d }); log.info(x ? 'y' : 'z'); catalog.info('no'); log.warn(e);";
    expect(eventsIn('a.ts', source)).toEqual([
      { level: 'warn', message: 'a … c', fields: ['vm'] },
      { level: 'info', message: 'y', fields: [] },
      { level: 'info', message: 'z', fields: [] },
    ]);
    const scraped = '# HELP a_seconds What.\n# TYPE a_seconds histogram\na_seconds_bucket{le="1",rpc="/x"} 2\n';
    expect(metricsIn(scraped)).toEqual([{ name: 'a_seconds', help: 'What.', type: 'histogram', labels: ['rpc'] }]);
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
