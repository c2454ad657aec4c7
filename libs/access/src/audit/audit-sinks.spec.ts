import { mkdtempSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Log } from '@givc/log';
import { FileSink, openAuditSink, stderrSink } from './audit-sinks.js';

describe('the record', () => {
  const folder = mkdtempSync(join(tmpdir(), 'givc-'));
  const path = join(folder, 'audit');
  const lines: string[] = [];
  const log = new Log('info', (line) => lines.push(line), false);
  afterAll(() => rmSync(folder, { recursive: true }));

  it('is appended to a file that its group may read, and opened again when it was moved away', () => {
    const sink = new FileSink(path, log);
    sink.write('{"n":1}');
    expect(statSync(path).mode & 0o777).toBe(0o640 & ~process.umask());
    renameSync(path, `${path}.1`);
    sink.write('{"n":2}');
    sink.reload();
    sink.write('{"n":3}');
    sink.close();
    expect(readFileSync(`${path}.1`, 'utf8')).toBe('{"n":1}\n{"n":2}\n');
    expect(readFileSync(path, 'utf8')).toBe('{"n":3}\n');
  });

  it('that cannot be written is said once, and nothing else suffers', () => {
    const sink = new FileSink('/dev/full', log);
    sink.write('{}');
    sink.write('{}');
    sink.close();
    expect(lines).toEqual([expect.stringContaining('the record cannot be written')]);
  });

  it('is refused at the start when its file cannot be opened', () => {
    expect(() => openAuditSink('/nonexistent/audit', log)).toThrow(/GIVC_AUDIT: cannot open \/nonexistent\/audit/);
  });

  it('goes to stderr where no systemd runs this process', () => {
    const before = process.env['JOURNAL_STREAM'];
    delete process.env['JOURNAL_STREAM'];
    expect(openAuditSink(undefined, log)).toBe(stderrSink);
    if (before !== undefined) process.env['JOURNAL_STREAM'] = before;
  });
});
