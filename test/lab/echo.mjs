// Echoes whatever arrives at a unix socket, each connection by itself, with half-close: node echo.mjs PATH
import { rmSync } from 'node:fs';
import { createServer } from 'node:net';

const [path] = process.argv.slice(2);
rmSync(path, { force: true });
createServer({ allowHalfOpen: true }, (socket) => socket.on('error', () => undefined).pipe(socket)).listen(path);
