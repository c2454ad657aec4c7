import { once } from 'node:events';
import { mkdtempSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Log } from '@givc/log';
import { FileSink, JournalSink, openAuditSink, stderrSink } from './audit-sinks.js';

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

  it('stays on its stream to journald, which shuts down its own direction of it', async () => {
    const [path, header] = [join(folder, 'journal'), 'givc-audit\n\n5\n0\n0\n0\n0\n'];
    let streams = 0;
    let received = '';
    const sink = new JournalSink(path);
    const server = createServer({ allowHalfOpen: true }, (stream) => {
      streams++;
      stream.end();
      stream.setEncoding('utf8').on('data', (text: string) => {
        received += text;
        if (received === `${header}{"n":1}\n`) setImmediate(() => sink.write('{"n":2}'));
        if (received.endsWith('{"n":2}\n')) sink.close();
      });
      stream.once('end', () => server.close());
    }).listen(path);
    sink.write('{"n":1}');
    await once(server, 'close');
    expect({ streams, received }).toEqual({ streams: 1, received: `${header}{"n":1}\n{"n":2}\n` });
  });

  it('goes to stderr where no systemd runs this process', () => {
    const before = process.env['JOURNAL_STREAM'];
    delete process.env['JOURNAL_STREAM'];
    expect(openAuditSink(undefined, log)).toBe(stderrSink);
    if (before !== undefined) process.env['JOURNAL_STREAM'] = before;
  });
});
