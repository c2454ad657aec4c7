// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, constants, type ClientHttp2Stream } from 'node:http2';
import { policyadmin, policySignature } from '@givc/rpc';
import { TestSystem, type TestAgent } from '@givc/testing';
import { framed } from '../support/raw-call.js';
import { TestSigner } from '../support/minisign.js';
import { untilFolder } from '../support/until-folder.js';

const { streamPolicy } = policyadmin.PolicyAdminService;
const sha256 = (content: string | Uint8Array) => createHash('sha256').update(content).digest('hex');

/** The messages of a policy, in chunks of this size. */
function* messages(policy_name: string, content: Uint8Array | string, size = 7) {
  const bytes = Buffer.from(content);
  yield { policy_name, policy_chunk: bytes.subarray(0, size) };
  for (let at = size; at < bytes.length; at += size)
    yield { policy_name: '', policy_chunk: bytes.subarray(at, at + size) };
}

describe('the policies of an agent', () => {
  let folder: string;
  let store: string;
  let destination: string;
  let system: TestSystem;
  let agent: TestAgent;

  beforeAll(async () => {
    system = await TestSystem.start({ tls: false });
  });
  afterAll(() => system.close());
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'givc-policy-'));
    store = join(folder, 'store');
    destination = join(folder, 'firewall', 'rules.json');
  });
  afterEach(async () => {
    await agent.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const start = async (more: object = {}) => {
    agent = await system.startAgent('net-vm', {
      capabilities: {
        policy: { enable: true, storePath: store, policies: { firewall: destination, 'kept-only': '' }, ...more },
      },
    });
  };
  const send = (
    name: string,
    content: Uint8Array | string,
    { as, size, signature }: { as?: Iterable<policyadmin.StreamPolicyRequest>; size?: number; signature?: string } = {},
  ) =>
    system.channel(agent).clientStream(streamPolicy, as ?? messages(name, content, size), {
      metadata: policySignature(signature),
    });
  const stored = (name = 'firewall') => readFileSync(join(store, name, 'policy.bin'), 'utf8');
  const installed = () => readFileSync(destination, 'utf8');

  it('are installed at their destination and in the store, and recorded', async () => {
    await start();
    expect(await send('firewall', 'allow https and nothing else')).toEqual({ Status: 'Success' });
    expect([installed(), stored()]).toEqual(Array(2).fill('allow https and nothing else'));
    expect(JSON.parse(readFileSync(join(store, 'policies.json'), 'utf8'))).toEqual({
      firewall: { sha256: sha256('allow https and nothing else'), installed: expect.stringMatching(/Z$/) },
    });
    expect(readdirSync(join(store, 'firewall'))).toEqual(['policy.bin']);
    expect(await agent.record.next('OK')).toMatchObject({
      rpc: '/policyadmin.PolicyAdmin/StreamPolicy',
      request: { policy_name: 'firewall', bytes: 28 },
    });
  });

  it('are kept in the store when they have no destination', async () => {
    await start();
    await send('kept-only', 'kept');
    expect(stored('kept-only')).toBe('kept');
  });

  it('may be empty', async () => {
    await start();
    await send('firewall', '');
    expect([installed(), stored()]).toEqual(['', '']);
  });

  it('are not written again when they have not changed', async () => {
    await start();
    await send('firewall', 'the same');
    const before = lstatSync(destination).ino;
    expect(await send('firewall', 'the same')).toEqual({ Status: 'Success' });
    expect(lstatSync(destination).ino).toBe(before);
    await send('firewall', 'another');
    expect(lstatSync(destination).ino).not.toBe(before);
    expect(agent.lines.filter((line) => line.startsWith('info: policy installed policy=firewall'))).toHaveLength(2);
  });

  it('are restored where they were changed by hand', async () => {
    await start();
    await send('firewall', 'right');
    writeFileSync(destination, 'wrong');
    await send('firewall', 'right');
    expect(installed()).toBe('right');
  });

  it('replace a symlink at the destination, and leave its target alone', async () => {
    await start();
    const precious = join(folder, 'precious');
    writeFileSync(precious, 'precious');
    mkdirSync(join(folder, 'firewall'));
    symlinkSync(precious, destination);
    await send('firewall', 'precious');
    expect(lstatSync(destination).isFile()).toBe(true);
    await send('firewall', 'new');
    expect(readFileSync(precious, 'utf8')).toBe('precious');
  });

  it('do not follow a symlink as the store', async () => {
    await start();
    mkdirSync(store);
    symlinkSync(folder, join(store, 'firewall'));
    await expect(send('firewall', 'x')).rejects.toMatchObject({ reason: 'FAILED_PRECONDITION' });
    expect(existsSync(join(folder, 'policy.bin'))).toBe(false);
  });

  it.each([
    ['is not configured', 'browser', /^policy_name: policy "browser" is not in capabilities\.policy\.policies/],
    ['is empty', '', /^policy_name: the name of a policy is missing/],
    ['leads out of the folder', '../firewall', /^policy_name: invalid policy name "\.\.\/firewall"/],
    ['is the folder itself', '.', /^policy_name: invalid policy name "\."/],
    ['is a path', 'a/b', /^policy_name: invalid policy name "a\/b"/],
    ['is a property of every object', 'constructor', /^policy_name: /],
  ])('are rejected when their name %s', async (_, name, message) => {
    await start();
    await expect(send(name, 'x')).rejects.toMatchObject({
      reason: 'INVALID_ARGUMENT',
      message: expect.stringMatching(message),
    });
    expect(existsSync(store)).toBe(false);
  });

  it('are rejected when the stream has no message, or changes its name', async () => {
    await start();
    await expect(send('', '', { as: [] })).rejects.toMatchObject({ reason: 'INVALID_ARGUMENT', field: 'policy_name' });
    const two = [...messages('firewall', 'a'), ...messages('kept-only', 'b')];
    await expect(send('', '', { as: two })).rejects.toMatchObject({
      reason: 'INVALID_ARGUMENT',
      message: expect.stringContaining('kept-only') && expect.stringContaining('policy_name'),
    });
    expect(readdirSync(join(store, 'firewall'))).toEqual([]);
  });

  it('are rejected at the limit when they are too large, and the old one stays', async () => {
    await start({ maxBytes: 100_000 });
    await send('firewall', 'old');
    const endless = function* () {
      yield { policy_name: 'firewall', policy_chunk: Buffer.alloc(0) };
      for (;;) yield { policy_name: '', policy_chunk: Buffer.alloc(10_000) };
    };
    await expect(send('', '', { as: endless() })).rejects.toMatchObject({
      reason: 'RESOURCE_EXHAUSTED',
      message: 'policy "firewall": it is larger than 100000 bytes',
    });
    expect([installed(), readdirSync(join(store, 'firewall'))]).toEqual(['old', ['policy.bin']]);
    await send('firewall', Buffer.alloc(100_000), { size: 50_000 });
    expect(lstatSync(destination).size).toBe(100_000);
  });

  it.each([
    ['hangs up', (stream: ClientHttp2Stream) => stream.close(constants.NGHTTP2_CANCEL)],
    ['is cut off', (stream: ClientHttp2Stream) => stream.session!.destroy()],
  ])('are dropped when the caller %s before they are complete', async (_, goAway) => {
    await start();
    await send('firewall', 'old');
    const { address } = agent.endpoint;
    if (address.protocol !== 'tcp') throw new Error('the agent listens on TCP');
    const session = connect(`http://${address.host}:${address.port}`);
    const stream = session.request({
      ':method': 'POST',
      ':path': streamPolicy.path,
      'content-type': 'application/grpc',
    });
    for (const one of [session, stream]) one.on('error', () => undefined);
    const half = { policy_name: 'firewall', policy_chunk: Buffer.from('half') };
    stream.write(framed(streamPolicy.requestSerialize(half)));
    await untilFolder(join(store, 'firewall'), (names) => names.length === 2);
    goAway(stream);
    await agent.record.next('CANCELLED');
    await untilFolder(join(store, 'firewall'), (names) => names.length === 1);
    expect([installed(), stored()]).toEqual(['old', 'old']);
    session.destroy();
  });

  it('are not mixed up when they arrive concurrently', async () => {
    await start();
    const contents = ['a', 'b', 'c', 'd'].map((letter) => letter.repeat(200_000));
    await Promise.all(contents.map((content) => send('firewall', content, { size: 10_000 })));
    expect(contents).toContain(installed());
    expect(stored()).toBe(installed());
    expect(readdirSync(join(store, 'firewall'))).toEqual(['policy.bin']);
  });

  it('are rejected beyond four of one caller at once, while another caller is served', async () => {
    await start();
    const tls = await TestSystem.start();
    const policy = { enable: true, storePath: store, policies: { firewall: '', 'kept-only': '' } };
    const server = await tls.startAgent('net-vm', { capabilities: { policy } });
    mkdirSync(join(store, 'firewall'), { recursive: true });
    const hangUp = new AbortController();
    const endless = async function* () {
      yield { policy_name: 'firewall', policy_chunk: Buffer.from('x') };
      await new Promise(() => undefined);
    };
    const sendAs = (as: string) => tls.channel(server, as).clientStream(streamPolicy, messages('kept-only', 'x'));
    const open = Array.from({ length: 4 }, () =>
      tls
        .channel(server, 'chrome-vm')
        .clientStream(streamPolicy, endless(), { signal: hangUp.signal })
        .catch((error: unknown) => error),
    );
    await untilFolder(join(store, 'firewall'), (names) => names.length === 4);
    await expect(sendAs('chrome-vm')).rejects.toMatchObject({ reason: 'RESOURCE_EXHAUSTED' });
    await sendAs('admin-vm');
    expect(stored('kept-only')).toBe('x');
    hangUp.abort();
    await Promise.all(open);
    await tls.close();
  });

  it('leave no temporary files of a killed agent behind', async () => {
    mkdirSync(join(store, 'firewall'), { recursive: true });
    mkdirSync(join(folder, 'firewall'));
    writeFileSync(join(store, 'firewall', '.policy.bin.0123456789ab.new'), 'half');
    writeFileSync(join(folder, 'firewall', '.rules.json.0123456789ab.new'), 'half');
    await start();
    expect([readdirSync(join(store, 'firewall')), readdirSync(join(folder, 'firewall'))]).toEqual([[], []]);
  });

  it('are accepted although their state file is damaged, which is renamed and logged', async () => {
    mkdirSync(store);
    writeFileSync(join(store, 'policies.json'), '{"firewall":');
    await start();
    expect(agent.lines.join('\n')).toMatch(/record of policies cannot be read and is set aside aside=.*\.damaged/);
    await send('firewall', 'x');
    expect(readFileSync(join(store, 'policies.json.damaged'), 'utf8')).toBe('{"firewall":');
    expect(Object.keys(JSON.parse(readFileSync(join(store, 'policies.json'), 'utf8')) as object)).toEqual(['firewall']);
  });

  describe('the policies of an agent with a public key', () => {
    const signer = new TestSigner();
    beforeEach(() => start({ publicKey: signer.publicKey }));

    it('are accepted when that key has signed them', async () => {
      await send('firewall', 'signed', { signature: signer.sign('signed') });
      await send('kept-only', 'signed', { signature: signer.sign('signed', 'by me\tpolicy:kept-only') });
      expect([installed(), stored('kept-only')]).toEqual(['signed', 'signed']);
    });

    it.each([
      ['have no signature', undefined, /not signed.*publicKey/],
      ['have an invalid signature', 'anything', /does not have the format of minisign/],
      ['have the signature of another policy', signer.sign('another'), /something else/],
      ['are signed by another key', new TestSigner().sign('policy'), /has signed it/],
      ['are signed as another policy', signer.sign('policy', 'policy:browser'), /signed as policy "browser"/],
      ['name it in a later word', signer.sign('policy', 'by me policy:browser'), /signed as policy "browser"/],
    ])('are rejected when they %s, and the old one stays', async (_, signature, message) => {
      await send('firewall', 'old', { signature: signer.sign('old') });
      await expect(send('firewall', 'policy', signature === undefined ? {} : { signature })).rejects.toMatchObject({
        reason: 'PERMISSION_DENIED',
        message: expect.stringMatching(message),
      });
      expect([installed(), stored(), readdirSync(join(store, 'firewall'))]).toEqual(['old', 'old', ['policy.bin']]);
      expect(await agent.record.next('PERMISSION_DENIED')).toMatchObject({ request: { policy_name: 'firewall' } });
    });
  });
});
