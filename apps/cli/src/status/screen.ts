// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

type Terminal = NodeJS.WriteStream;

const enter = '\u001b[?1049h\u001b[?25l\u001b[?7l';
const leave = '\u001b[?7h\u001b[?25h\u001b[?1049l';
const home = '\u001b[H';
const [endOfLine, endOfScreen] = ['\u001b[K', '\u001b[J'];

/** As many lines as fit; the last one shows how many more there are. */
export function fitLines(lines: readonly string[], rows: number): readonly string[] {
  if (lines.length <= rows) return lines;
  return [...lines.slice(0, rows - 1), `… ${lines.length - rows + 1} more lines`];
}

/**
 * Shows lines on the alternate screen of a terminal, whose contents are restored at the end (xterm's control sequences,
 * ctlseqs). Ctrl-C aborts `ended`, which is not a failure, as with watch(1) and top(1). SIGTERM and SIGHUP kill the
 * process after the terminal is restored; Ctrl-Z restores it until the process continues.
 */
export class Screen {
  readonly #ending = new AbortController();
  readonly #leave = () => void this.terminal.write(leave);
  readonly #interrupted = () => this.#ending.abort();
  readonly #suspended = () => {
    this.#leave();
    process.kill(process.pid, 'SIGSTOP');
  };
  readonly #resumed = () => {
    this.terminal.write(enter);
    this.redraw();
  };
  readonly #killed = (signal: NodeJS.Signals) => {
    this.close();
    process.kill(process.pid, signal);
  };

  /** `redraw` is called when the screen was cleared or resized. */
  constructor(
    private readonly terminal: Terminal,
    private readonly redraw: () => void,
  ) {
    terminal.write(enter);
    terminal.on('resize', redraw);
    process.on('exit', this.#leave);
    process.on('SIGINT', this.#interrupted);
    process.on('SIGTSTP', this.#suspended);
    process.on('SIGCONT', this.#resumed);
    process.on('SIGTERM', this.#killed);
    process.on('SIGHUP', this.#killed);
  }

  get ended(): AbortSignal {
    return this.#ending.signal;
  }

  /** Replaces the lines on the screen. They must not be wider than the terminal. */
  show(lines: readonly string[]): void {
    const shown = fitLines(lines, this.terminal.rows || 24);
    this.terminal.write(home + shown.map((line) => line + endOfLine).join('\n') + endOfScreen);
  }

  close(): void {
    this.terminal.off('resize', this.redraw);
    process.off('exit', this.#leave);
    process.off('SIGINT', this.#interrupted);
    process.off('SIGTSTP', this.#suspended);
    process.off('SIGCONT', this.#resumed);
    process.off('SIGTERM', this.#killed);
    process.off('SIGHUP', this.#killed);
    this.#leave();
  }
}
