// One caller opens 300 streams that each announce a message of 4 MiB, sends all of each but the last byte, and waits: what
// a server keeps of one peer is bounded, and the others go on.
import type { ClientHttp2Session, ClientHttp2Stream } from 'node:http2';
import { rawSession } from '../support/raw-call.js';
import { attack, type Program, type Scene } from './support.js';

const streams = 300;
const messageBytes = 4 * 1024 * 1024;
/** What one peer may cost a program at most, whatever it does: MiB. */
const allowedMiB = 64;

const prefix = Buffer.from([0, 0, messageBytes >> 16, 0, 0]);
const almostAll = Buffer.alloc(messageBytes - 1, 0x20);

const open = (session: ClientHttp2Session, path: string): ClientHttp2Stream =>
  session
    .request({ ':method': 'POST', ':path': path, 'content-type': 'application/grpc', te: 'trailers' })
    .on('error', () => undefined)
    .resume();

/** Resolves when the server has taken all that was sent, with true, or has ended the stream. */
function announce(session: ClientHttp2Session, path: string): Promise<boolean> {
  const stream = open(session, path);
  return new Promise((resolve) => {
    stream.once('close', () => resolve(false));
    stream.write(prefix);
    stream.write(almostAll, (error) => resolve(!error));
  });
}

async function unfinished(scene: Scene, program: Program, path: string, call: () => Promise<unknown>): Promise<void> {
  await call();
  const session = await rawSession(program.endpoint, scene.material('evil-vm'));
  const before = program.memory().now;
  program.resetPeak();
  const taken = await Promise.all(Array.from({ length: streams }, () => announce(session, path)));
  const { peak } = program.memory();
  const isServed = await call().then(
    () => true,
    () => false,
  );
  session.destroy();
  scene.verdict(
    `${program.name}: ${streams} unfinished messages of ${path}`,
    peak - before < allowedMiB && isServed,
    `${before.toFixed(0)} MiB before, ${peak.toFixed(0)} MiB at most; ${taken.filter(Boolean).length} taken; ` +
      `others are ${isServed ? '' : 'not '}served`,
  );
}

await attack(async (scene) => {
  const admin = await scene.startAdmin();
  const client = scene.client(admin);
  await unfinished(scene, admin, '/admin.AdminService/RegisterService', () => client.queryList());
});
