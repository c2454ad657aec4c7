// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

// Worker processes, each of which runs one job at a time. A process that hangs, or whose state is not reliable any
// more, is ended.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { clearTimeout, setTimeout } from 'node:timers';

const script = new URL('worker.mjs', import.meta.url);

export class Worker {
  #process;
  #ids = 0;
  #ready;
  isFresh = true;

  constructor() {
    this.#process = fork(script, [], {
      detached: true,
      serialization: 'advanced',
      stdio: process.env.MUTATE_DEBUG ? ['ignore', 2, 2, 'ipc'] : ['ignore', 'ignore', 'ignore', 'ipc'],
      // The worker ends with this process, even when it hangs.
      execPath: 'setpriv',
      execArgv: [
        '--pdeathsig',
        'KILL',
        process.execPath,
        '--max-old-space-size=1024',
        '--disable-warning=ExperimentalWarning',
      ],
    });
    const failed = once(this.#process, 'exit').then(() =>
      Promise.reject(new Error(`${script.pathname} does not start`)),
    );
    this.#ready = Promise.race([once(this.#process, 'message'), failed]);
    this.#ready.catch(() => undefined);
    failed.catch(() => undefined);
  }

  get isAlive() {
    return this.#process.connected;
  }

  /** The answer to a job. It is `timeout` when the process ends, or when its event loop stands still for too long. */
  async run(job, silenceMs) {
    this.isFresh = false;
    await this.#ready;
    const id = ++this.#ids;
    return new Promise((resolve) => {
      const done = (answer) => {
        clearTimeout(timer);
        this.#process.removeAllListeners();
        resolve(answer);
      };
      const lost = () => {
        this.stop();
        done({ status: 'timeout', test: 'process' });
      };
      const timer = setTimeout(lost, silenceMs);
      this.#process.on('message', (message) =>
        message === 'alive' ? timer.refresh() : message.id === id && done(message),
      );
      this.#process.on('exit', lost);
      this.#process.on('error', lost);
      this.#process.send({ ...job, id });
    });
  }

  stop() {
    if (this.#process.connected) this.#process.disconnect();
    try {
      process.kill(-this.#process.pid, 'SIGKILL');
    } catch {
      // The process has already ended.
    }
  }
}
