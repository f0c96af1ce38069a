import assert from 'node:assert/strict';
import { test } from 'node:test';

import { MAX_CONTENT, MAX_ERROR_TEXT, MAX_STATE, TurnOverError } from '../src/index.js';
import { Peer, quiet, textMessage } from './peer.js';

const echo = (message, responder) => responder.reply(message.text);

test('a reply and the end of the turn are one frame', async (t) => {
  const peer = await Peer.connect(t, echo);
  assert.deepEqual(await peer.say(1, 'hello'), [['reply', 'hello'], ['done', '']]);
  assert.equal(peer.frames.length, 1);
});

test('every action goes out, in order, done last', async (t) => {
  const peer = await Peer.connect(t, async (message, responder) => {
    responder.append('a'); // Nobody has to wait.
    responder.append('b');
    await responder.reply({ kind: 'text', text: 'c' });
    await responder.forward('d');
    await responder.handoff('e');
    await responder.pass();
    await responder.save('f');
    await responder.save(Buffer.alloc(0));
  });
  assert.deepEqual(await peer.say(1, 'x'), [
    ['append', 'a'], ['append', 'b'], ['reply', 'c'], ['forward', 'd'], ['handoff', 'e'], ['pass', {}], ['save', 'f'], ['save', ''],
    ['done', ''],
  ]);
});

test('a handler that returns no promise is over at once', async (t) => {
  const peer = await Peer.connect(t, () => {});
  assert.deepEqual(await peer.say(1, 'x'), [['done', '']]);
});

test('turns run side by side', async (t) => {
  let free;
  const blocked = new Promise((resolve) => {
    free = resolve;
  });
  const peer = await Peer.connect(t, async (message, responder) => {
    if (message.text === 'slow') {
      await blocked;
    }
    await responder.reply(message.text);
  });
  peer.turn(1, textMessage('slow'));
  assert.deepEqual(await peer.say(2, 'quick'), [['reply', 'quick'], ['done', '']]);
  assert.deepEqual(peer.actions(1), []);
  free();
  assert.deepEqual(await peer.over(1), [['reply', 'slow'], ['done', '']]);
});

test('frames of many turns at once keep the order of each', async (t) => {
  const peer = await Peer.connect(t, async (message, responder) => {
    for (let i = 0; i < 50; i++) {
      await responder.append(String(i));
      if (i % 7 === 0) {
        await new Promise(setImmediate);
      }
    }
  });
  const ids = Array.from({ length: 40 }, (_, i) => i + 1);
  ids.forEach((id) => peer.turn(id, textMessage('x')));
  const want = Array.from({ length: 50 }, (_, i) => ['append', String(i)]);
  for (const id of ids) {
    assert.deepEqual(await peer.over(id), [...want, ['done', '']]);
  }
});

test('64 bits of a turn id and a ping id come back', async (t) => {
  const peer = await Peer.connect(t, echo);
  const most = '18446744073709551615';
  assert.deepEqual(await peer.say(most, 'x'), [['reply', 'x'], ['done', '']]);
  peer.stream.write({ ping: { id: '9007199254740993' } });
  await peer.until((frames) => frames.some((f) => f.pong?.id === '9007199254740993'));
});

test('a ping is answered while turns run', async (t) => {
  const peer = await Peer.connect(t, () => new Promise(() => {}));
  peer.turn(1, textMessage('x'));
  peer.stream.write({ ping: { id: 7 } });
  await peer.until((frames) => frames.length === 1);
  assert.equal(peer.frames[0].pong.id, '7');
});

test('a cancelled turn aborts its signal, and says nothing more but done', async (t) => {
  const peer = await Peer.connect(t, async (message, responder, { signal }) => {
    await responder.append('begun');
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    assert.ok(signal.reason instanceof TurnOverError);
    await assert.rejects(responder.reply('late'), TurnOverError);
    throw signal.reason;
  });
  const said = quiet(t);
  peer.turn(1, textMessage('x'));
  await peer.until(() => peer.actions(1).length === 1);
  peer.stream.write({ cancel: { turn: 1 } });
  peer.stream.write({ cancel: { turn: 99 } }); // One that is over is no error.
  assert.deepEqual(await peer.over(1), [['append', 'begun'], ['done', 'the turn is over']]);
  assert.equal(said(), '', 'that a cancelled turn fails is no news');
});

test('timeout_ms is the deadline', async (t) => {
  const peer = await Peer.connect(t, async (message, responder, { signal, deadline }) => {
    const left = deadline - Date.now();
    assert.ok(left > 0 && left <= 30, `${left} ms`);
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    throw new Error(signal.reason.name);
  });
  assert.deepEqual(await peer.say(1, 'x', 30), [['done', 'TimeoutError']]);
});

test('no timeout, and one of more than 31 bits, abort nothing', async (t) => {
  for (const timeoutMs of [0, 2 ** 31, 2 ** 32 - 1]) {
    const peer = await Peer.connect(t, async (message, responder, { signal, deadline }) => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      await responder.reply(`${signal.aborted} ${deadline !== undefined}`);
    });
    assert.deepEqual((await peer.say(1, 'x', timeoutMs))[0], ['reply', `false ${timeoutMs > 0}`]);
  }
});

test('whatever is thrown costs one turn', async (t) => {
  const broken = { get message() { throw new Error('worse'); }, toString() { throw new Error('worse'); } };
  const loop = new Error('round');
  loop.cause = loop;
  const thrown = [
    [new Error('no such city'), 'no such city'], [new Error(''), 'Error'], ['text', 'text'], [undefined, 'undefined'], ['', 'an error without a text'],
    [new Error('fetch failed', { cause: new Error('connect ECONNREFUSED', { cause: 'why' }) }), 'fetch failed: connect ECONNREFUSED: why'],
    [loop, 'round: round: round: round: round'], [Object.assign(new Error(''), { code: 'ENOENT' }), 'ENOENT'], [null, 'null'],
    [broken, 'an error whose text cannot be read'], [Object.assign(new Error('x'), { stack: 5 }), 'x'],
  ];
  const peer = await Peer.connect(t, (message) => {
    throw thrown[Number(message.text)][0];
  });
  const said = quiet(t);
  for (const [i, [, want]] of thrown.entries()) {
    assert.deepEqual(await peer.say(i + 1, String(i)), [['done', want]]);
  }
  assert.match(said(), /^error in the turn of message m1: Error: no such city\n +at .*session\.test\.js/);
});

test('a rejected promise costs one turn, and its text is bounded', async (t) => {
  const peer = await Peer.connect(t, async () => {
    throw new Error('长'.repeat(MAX_ERROR_TEXT));
  });
  quiet(t);
  const [[, text]] = await peer.say(1, 'x');
  assert.equal(text, '长'.repeat(Math.floor(MAX_ERROR_TEXT / 3)) + '\uFFFD');
});

test('a content of a later version fails the turn; a frame of one is ignored', async (t) => {
  const peer = await Peer.connect(t, echo);
  quiet(t);
  const want = 'decode message m1: no content, or a kind of content that this version does not know';
  peer.turn(1, { id: 'm1' });
  assert.deepEqual(await peer.over(1), [['done', want]]);
  const content = Buffer.from([0xba, 0x06, 0x00]); // Field 103, a message.
  const message = Buffer.concat([Buffer.from([0x0a, 2]), Buffer.from('m1'), Buffer.from([0x3a, content.length]), content]);
  const turn = Buffer.concat([Buffer.from([0x08, 2, 0x12, message.length]), message]);
  peer.stream.write(Buffer.concat([Buffer.from([0x0a, turn.length]), turn]));
  assert.deepEqual(await peer.over(2), [['done', want]]);
  peer.stream.write(Buffer.from([0xba, 0x06, 0x00]));
  peer.stream.write(Buffer.alloc(0));
  assert.deepEqual(await peer.say(3, 'still there'), [['reply', 'still there'], ['done', '']]);
});

test('what is too large never leaves', async (t) => {
  const peer = await Peer.connect(t, async (message, responder) => {
    await assert.rejects(responder.reply('x'.repeat(MAX_CONTENT)), /^RangeError: reply: 10485\d\d bytes of content, more than the 1048576/);
    await assert.rejects(responder.append('长'.repeat(MAX_CONTENT / 2)), RangeError);
    await assert.rejects(responder.save(Buffer.alloc(MAX_STATE + 1)), /65537 bytes of state, more than the 65536/);
    await responder.save(Buffer.alloc(MAX_STATE, 'x'));
    await responder.reply('x'.repeat(MAX_CONTENT - 20));
  });
  const did = await peer.say(1, 'x');
  assert.deepEqual(did.map(([name, value]) => [name, value.length]), [['save', MAX_STATE], ['reply', MAX_CONTENT - 20], ['done', 0]]);
});

test('what is no content is refused with its reason', async (t) => {
  const peer = await Peer.connect(t, async (message, responder) => {
    for (const [what, why] of [
      [undefined, /^NoContentError: reply: no content/], [{ kind: 'hologram' }, /no content/], [{ kind: 'toString' }, /no content/],
      [{ kind: 'text', text: 5 }, /^TypeError: reply: text.text must be text, not number/],
      [{ kind: 'link', titel: 'x' }, /link has no field titel: it has url, title, description, pictureUrl/],
      [{ kind: 'menu', choices: [{ id: '1' }, null] }, /menu.choices\[1\] must be an object, not null/],
    ]) {
      await assert.rejects(responder.reply(what), why);
    }
    await assert.rejects(responder.append(5), /append: the text must be text, not number/);
    await assert.rejects(responder.save({}), /JSON.stringify makes text of an object/);
  });
  assert.deepEqual(await peer.say(1, 'x'), [['done', '']]);
});

test('half of a surrogate pair does not end the stream', async (t) => {
  const peer = await Peer.connect(t, async (message, responder) => {
    await responder.reply('\ud800');
    await responder.append('\udc00 and more');
    await responder.handoff('\ud800');
  });
  assert.deepEqual(await peer.say(1, 'x'), [['reply', '\uFFFD'], ['append', '\uFFFD and more'], ['handoff', '\uFFFD'], ['done', '']]);
});

test('a responder is dead after its turn', async (t) => {
  let kept;
  const peer = await Peer.connect(t, (message, responder) => {
    kept = responder;
  });
  await peer.say(1, 'x');
  await assert.rejects(kept.reply('late'), TurnOverError);
});

test('a bot that does not read makes turns wait, and loses nothing', async (t) => {
  let taken = 0;
  const peer = await Peer.connect(t, async (message, responder) => {
    for (let i = 0; i < 5000; i++) {
      await responder.append(String(i).padEnd(1000));
      taken = i;
    }
  });
  peer.stream.pause();
  peer.turn(1, textMessage('x'));
  const settled = async () => {
    for (let last = -1; last !== taken || taken === 0;) {
      last = taken;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };
  await settled();
  assert.ok(taken < 4000, `${taken} actions were taken by nobody`);
  peer.stream.resume();
  const did = await peer.over(1);
  assert.deepEqual(did.slice(0, -1).map(([, text]) => Number(text)), Array.from({ length: 5000 }, (_, i) => i));
});

test('a pong does not wait behind all that a turn has said', async (t) => {
  const peer = await Peer.connect(t, async (message, responder) => {
    for (let i = 0; i < 200; i++) {
      await responder.append('x'.repeat(100_000));
    }
  });
  peer.stream.pause();
  peer.turn(1, textMessage('x'));
  await new Promise((resolve) => setTimeout(resolve, 100));
  peer.stream.write({ ping: { id: 7 } });
  peer.stream.resume();
  await peer.over(1);
  const before = peer.frames.slice(0, peer.frames.findIndex((f) => f.pong)).flatMap((f) => f.actions.actions);
  assert.ok(before.length < 100, `${before.length} of 200 actions came first`);
});

test('turns that wait for room are freed by a cancel', async (t) => {
  let freed;
  const done = new Promise((resolve) => {
    freed = resolve;
  });
  const peer = await Peer.connect(t, async (message, responder) => {
    try {
      for (;;) {
        await responder.append('x'.repeat(1000));
      }
    } catch (err) {
      freed(err);
    }
  });
  peer.stream.pause();
  peer.turn(1, textMessage('x'));
  peer.stream.write({ cancel: { turn: 1 } });
  assert.ok((await done) instanceof TurnOverError);
});

test('turns that wait are never stopped, however many say much at once', async (t) => {
  const peer = await Peer.connect(t, async (message, responder) => {
    await responder.append('x'.repeat(1_000_000));
    await responder.append('y');
  });
  peer.stream.pause();
  const ids = Array.from({ length: 40 }, (_, i) => i + 1);
  ids.forEach((id) => peer.turn(id, textMessage('x')));
  await new Promise((resolve) => setTimeout(resolve, 50));
  peer.stream.resume();
  for (const id of ids) {
    assert.deepEqual((await peer.over(id)).map(([name, text]) => [name, text.length]), [['append', 1_000_000], ['append', 1], ['done', 0]]);
  }
});

test('who waits for nothing is stopped', async (t) => {
  const peer = await Peer.connect(t, async (message, responder) => {
    const all = [];
    for (let i = 0; i < 40; i++) {
      all.push(responder.append('x'.repeat(1 << 19)));
    }
    const failed = (await Promise.allSettled(all)).filter((one) => one.status === 'rejected');
    assert.ok(failed.length > 0);
    throw failed[0].reason;
  });
  quiet(t);
  assert.deepEqual((await peer.say(1, 'x')).at(-1), ['done', 'more than 16777216 bytes wait to be sent: await each reply']);
});

test('when the bot closes its half, turns end and then the stream', async (t) => {
  let free;
  const peer = await Peer.connect(t, async (message, responder) => {
    await new Promise((resolve) => {
      free = resolve;
    });
    await responder.reply('last');
  });
  peer.turn(1, textMessage('x'));
  peer.stream.write({ ping: { id: 1 } });
  await peer.until((frames) => frames.length > 0); // The turn runs.
  peer.stream.end();
  await new Promise(setImmediate);
  free();
  assert.deepEqual(await peer.over(1), [['reply', 'last'], ['done', '']]);
  assert.equal((await peer.ended).code, 0);
});

test('when the bot is gone, turns are aborted', async (t) => {
  let aborted;
  const gone = new Promise((resolve) => {
    aborted = resolve;
  });
  const peer = await Peer.connect(t, (message, responder, { signal }) => new Promise((resolve) => {
    signal.addEventListener('abort', () => {
      resolve();
      aborted(signal.reason);
    });
    responder.reply('begun');
  }));
  peer.turn(1, textMessage('x'));
  await peer.until((frames) => frames.length > 0);
  peer.stream.cancel();
  assert.ok((await gone) instanceof TurnOverError);
  await peer.server.drain();
});
