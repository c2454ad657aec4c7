// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

// node main.cjs admin|agent BUNDLE FILE CACHE FOLDER: runs a daemon through its first calls, with stand-ins for its
// peers in the same process, and writes the code that V8 has compiled for it to CACHE. The compiled code contains the
// path of its source: FILE, where the bundle will be. FOLDER has certificates for 127.0.0.1 by name.
const { readFileSync, writeFileSync } = require('node:fs');
const { createRequire, wrap } = require('node:module');
const { createServer } = require('node:net');
const path = require('node:path');
const v8 = require('node:v8');
const { Script } = require('node:vm');
const bus = require('./bus.cjs');
const { call, message, serve } = require('./grpc.cjs');

const [daemon, bundle, file, cache, folder] = process.argv.splice(2);
const [adminVm, agentVm, unit] = ['admin-vm', 'net-vm', 'web.service'];
const fileOf = (name, one) => path.join(folder, name, one);
const credentialsOf = (name) => ({
  ca: readFileSync(fileOf(name, 'ca-cert.pem')),
  cert: readFileSync(fileOf(name, 'cert.pem')),
  key: readFileSync(fileOf(name, 'key.pem')),
});
const status = (name) => message(name, name, 'loaded', 'active', 'running', '/', 'running');

/** Resolves once the daemon has logged that it listens. */
const listening = new Promise((resolve) => {
  const write = process.stderr.write.bind(process.stderr);
  process.stderr.write = (line, ...rest) => {
    if (String(line).includes('listening')) resolve();
    return write(line, ...rest);
  };
});

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return String(port);
}

const script = new Script(wrap(readFileSync(bundle, 'latin1')), { filename: file });

function run() {
  const main = { exports: {} };
  script.runInThisContext().call(main.exports, main.exports, createRequire(bundle), main, bundle, path.dirname(bundle));
}

const warmUps = {
  async admin() {
    const answers = { '/systemd.UnitControlService/GetUnitStatus': message(status(unit)) };
    const agentPort = await serve(credentialsOf(agentVm), answers);
    const port = await freePort();
    Object.assign(process.env, { NAME: adminVm, TLS: 'true', LISTEN: `127.0.0.1:${port}` });
    for (const [name, one] of Object.entries({ CA_CERT: 'ca-cert', HOST_CERT: 'cert', HOST_KEY: 'key' }))
      process.env[name] = fileOf(adminVm, `${one}.pem`);
    run();
    await listening;
    const agent = `givc-${agentVm}.service`;
    const transport = message('tcp', '127.0.0.1', String(agentPort), agentVm);
    const registration = message(agent, `microvm@${agentVm}.service`, 8, transport, status(agent));
    const asked = message(agentVm, unit);
    return call(port, adminVm, credentialsOf(agentVm), [
      ['/admin.AdminService/RegisterService', registration],
      ['/admin.AdminService/GetUnitStatus', asked],
      ['/admin.AdminService/GetUnitStatus', asked],
      ['/admin.AdminService/QueryList', message()],
    ]);
  },
  async agent() {
    const socket = path.join(folder, 'bus');
    await bus.listen(socket);
    for (const name of ['SYSTEM', 'SESSION']) process.env[`DBUS_${name}_BUS_ADDRESS`] = `unix:path=${socket}`;
    const port = await freePort();
    let onRegistered;
    const registered = new Promise((resolve) => (onRegistered = resolve));
    const register = '/admin.AdminService/RegisterService';
    const adminPort = await serve(credentialsOf(adminVm), { [register]: message() }, (one) => {
      if (one === register) onRegistered();
    });
    const transport = (name, port) => ({ transport: { name, addr: '127.0.0.1', port: String(port), protocol: 'tcp' } });
    const files = { caCertPath: 'ca-cert', certPath: 'cert', keyPath: 'key' };
    const paths = Object.entries(files).map(([key, one]) => [key, fileOf(agentVm, `${one}.pem`)]);
    const config = {
      identity: { name: agentVm, type: 8, subType: 9 },
      network: {
        agent: transport(agentVm, port),
        admin: transport(adminVm, adminPort),
        tls: { enable: true, ...Object.fromEntries(paths) },
      },
      capabilities: { services: [unit] },
    };
    writeFileSync(path.join(folder, 'agent.json'), JSON.stringify(config));
    process.argv.push('-config', path.join(folder, 'agent.json'));
    run();
    await Promise.all([listening, registered]);
    const one = ['/systemd.UnitControlService/GetUnitStatus', message(unit)];
    return call(port, agentVm, credentialsOf(adminVm), [one, one]);
  },
};

// The same code runs each time, however long a call takes.
const { setTimeout, setInterval } = globalThis;
const never = 2 ** 31 - 1;
globalThis.setTimeout = (callback, _ms, ...more) => setTimeout(callback, never, ...more);
globalThis.setInterval = (callback, _ms, ...more) => setInterval(callback, never, ...more);

// What is compiled stays until it is written. The flags are part of what V8 compares, so they are as before then; those
// that the daemon sets after its code is loaded have no effect here.
const { setFlagsFromString } = v8;
v8.setFlagsFromString = () => undefined;
setFlagsFromString('--no-flush-bytecode');
void warmUps[daemon]()
  .then((failures) => {
    if (failures.length > 0) throw new Error(failures.join('\n'));
    setFlagsFromString('--flush-bytecode');
    writeFileSync(cache, script.createCachedData());
    process.exit(0);
  })
  .catch((error) => {
    process.stderr.write(`${error.stack}\n`);
    process.exit(1);
  });
