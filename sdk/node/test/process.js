import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { Client, credentials } from '@grpc/grpc-js';

import { Peer } from './peer.js';

const noisy = fileURLToPath(new URL('plugins/noisy.js', import.meta.url));

/** Process is a plugin as the bot starts it, without the bot. */
export class Process {
  stdout = '';
  stderr = '';

  constructor(t, { env = {}, cookie = { BOT_PLUGIN: 'chuanhuabot' }, program = noisy } = {}) {
    this.folder = mkdtempSync(join(tmpdir(), 'bot-test-'));
    this.child = spawn(process.execPath, [program], {
      env: { PATH: process.env.PATH, TMPDIR: this.folder, PLUGIN_UNIX_SOCKET_DIR: this.folder, ...cookie, ...env }, stdio: 'pipe',
    });
    this.child.stdout.on('data', (chunk) => {
      this.stdout += chunk;
    });
    this.child.stderr.on('data', (chunk) => {
      this.stderr += chunk;
    });
    this.exited = once(this.child, 'close').then(([code, signal]) => signal ?? code);
    t.after(async () => {
      this.child.kill('SIGKILL');
      await this.exited;
      rmSync(this.folder, { recursive: true, force: true });
    });
  }

  /** handshake waits for the first line and connects. */
  async handshake(t) {
    const over = this.exited.then((how) => assert.fail(`ended with ${how}: ${this.stderr}`));
    while (!this.stdout.includes('\n')) {
      await Promise.race([once(this.child.stdout, 'data'), over]);
    }
    this.path = /^1\|1\|unix\|([^|\n]+)\|grpc\|\n$/.exec(this.stdout)?.[1];
    assert.ok(this.path, this.stdout);
    const peer = new Peer();
    peer.client = new Client(`unix:${this.path}`, credentials.createInsecure());
    t.after(() => peer.client.close());
    peer.open();
    over.catch(() => {});
    return peer;
  }

  async said(text) {
    while (!this.stderr.includes(text)) {
      await once(this.child.stderr, 'data');
    }
  }
}
