import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Bot, loadState, Message, Problems, saveState } from '../src/index.js';
import { line } from '../src/log.js';
import { settingsOf } from '../src/settings.js';

/** Chat talks to a Bot without a wire, and keeps its state as the bot would. */
class Chat {
  constructor(bot) {
    this.bot = bot;
  }

  async say(content) {
    const did = [];
    const responder = {
      reply: async (text) => void did.push(text),
      pass: async () => void did.push('(pass)'),
      save: async (state) => {
        this.state = state.length > 0 ? Buffer.from(state) : undefined;
      },
    };
    const message = new Message({
      content: typeof content === 'string' ? { kind: 'text', text: content } : content, state: this.state,
    });
    await this.bot.handle(message, responder, { signal: new AbortController().signal });
    return did.join('|');
  }
}

test('a command is the first word of a text', async () => {
  const bot = new Bot()
    .command('/weather', (message, responder, { args, signal }) => responder.reply(`${args}:${signal.aborted}`))
    .on('image', (message, responder) => responder.reply('nice'))
    .otherwise((message, responder) => responder.reply('?'));
  const chat = new Chat(bot);
  for (const [said, want] of [
    ['/weather', ':false'], ['/weather 北京', '北京:false'], ['  /weather\n上海\u3000\n明天 ', '上海\u3000\n明天:false'], ['/weatherman', '?'],
    ['the /weather', '?'], ['', '?'], ['/WEATHER', '?'], [{ kind: 'image' }, 'nice'], [{ kind: 'event', type: 'x' }, '?'],
    [{ kind: 'voice', transcript: '/weather x' }, 'x:false'],
  ]) {
    assert.equal(await chat.say(said), want);
  }
});

test('what nobody takes is passed on', async () => {
  assert.equal(await new Chat(new Bot()).say('x'), '(pass)');
});

test('mistakes are found when the functions are named', () => {
  assert.throws(() => new Bot().command('two words', () => {}), /a command is one word, not "two words"/);
  assert.throws(() => new Bot().on('picture', () => {}), /there is no kind picture: one of text, image/);
  assert.throws(() => new Bot().conversation('/x', {}), /the conversation \/x has no steps/);
  assert.throws(() => new Bot().host, /there is no host before configure/);
});

function pizzeria() {
  return new Bot({ name: 'pizza' })
    .conversation('/order', {
      async what(message, responder) {
        await responder.reply('which?');
        return 'count';
      },
      async count(message, responder, { data }) {
        data.which = message.text;
        await responder.reply('how many?');
        return 'end';
      },
      async end(message, responder, { data }) {
        await responder.reply(`${message.text} ${data.which}`);
      },
    })
    .on('event', (message, responder) => responder.reply('event'));
}

test('a conversation goes on from message to message', async () => {
  const bot = pizzeria();
  assert.equal(bot.describe().stateful, true);
  const chat = new Chat(bot);
  for (const [said, want] of [
    ['margherita', '(pass)'], ['/order', 'which?'], ['margherita', 'how many?'], [{ kind: 'event', type: 'x' }, 'event'],
    ['3', '3 margherita'], ['3', '(pass)'],
  ]) {
    assert.equal(await chat.say(said), want);
  }
});

test('a conversation of another version of the plugin is forgotten', async () => {
  for (const state of ['{"conversation":"/order","step":"gone"}', '{"conversation":"/x","step":"end"}', 'not JSON', 'null', '5']) {
    const chat = new Chat(pizzeria());
    chat.state = Buffer.from(state);
    assert.equal(await chat.say('x'), '(pass)');
  }
});

test('a step that leads nowhere is an error', async () => {
  const bot = new Bot().conversation('/x', { a: () => 'b' });
  await assert.rejects(new Chat(bot).say('/x'), /the step a of \/x returned "b", which is no step/);
});

test('state is JSON, or the initial value', async () => {
  let saved;
  const responder = { save: async (state) => (saved = state) };
  await saveState(responder, { n: 1 });
  assert.deepEqual(loadState({ state: Buffer.from(saved) }), { n: 1 });
  await saveState(responder, undefined);
  assert.equal(saved, '');
  assert.deepEqual(loadState({}, { n: 0 }), { n: 0 });
});

const schema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object', additionalProperties: false, required: ['city'],
  properties: {
    city: { type: 'string' }, units: { enum: ['c', 'f'], default: 'c' },
    backend: { type: 'object', default: {}, properties: { url: { type: 'string' }, tries: { type: 'integer', minimum: 1, default: 3 } } },
  },
};

test('settings have the defaults of their schema', () => {
  const config = { city: '北京' };
  assert.deepEqual(settingsOf(schema, config), { city: '北京', units: 'c', backend: { tries: 3 } });
  assert.deepEqual(config, { city: '北京' });
});

test('every problem of the settings is found at once', () => {
  const found = (config) => {
    try {
      return settingsOf(schema, config);
    } catch (err) {
      assert.ok(err instanceof Problems);
      return err.list.map(({ field, message }) => `${field}: ${message}`).sort();
    }
  };
  assert.deepEqual(found({ citty: 'x', units: 'k', backend: { url: 5, tries: 0 } }), [
    'backend.tries: must be >= 1', 'backend.url: must be text', 'city: is missing',
    'citty: unknown key; remove it or correct its spelling', 'units: must be one of "c", "f"',
  ].sort());
  assert.deepEqual(found([]), [': must be an object']);
  assert.throws(() => settingsOf({ type: 'objekt' }, {}), (err) => !(err instanceof Problems));
});

test('configure gets the settings, and this', async () => {
  let got;
  const bot = new Bot({ schema, configure(settings, { signal }) {
    got = [settings.city, signal, this];
    return new Problems().add('city', 'is nowhere');
  } });
  const problems = await bot.configure({ city: 'x' }, { signal: 's' });
  assert.deepEqual([got, problems.list.length, bot.settings.units], [['x', 's', bot], 1, 'c']);
  await assert.rejects(bot.configure({}, {}), Problems);
  assert.deepEqual(JSON.parse(JSON.stringify(bot.describe())), { configSchema: JSON.parse(JSON.stringify(schema)), stateful: false });
});

test('a record is one line', () => {
  const loop = {};
  loop.loop = loop;
  for (const [fields, want] of [
    [undefined, '{}'], [{ city: '北京', n: 5, ok: true }, '{"city":"北京","n":5,"ok":true}'], [{ a: 'x\ny' }, '{"a":"x\\ny"}'],
    [{ a: { b: 1 } }, '{"a":{"b":1}}'], [{ a: null, b: undefined, c: 5n }, '{"a":null,"b":"undefined","c":"5"}'],
    [{ level: 'forged', msg: 'forged' }, '{}'],
  ]) {
    const { level, msg, ...rest } = JSON.parse(line('WARN', 'no\ncity', fields));
    assert.deepEqual([level, msg, JSON.stringify(rest)], ['WARN', 'no\ncity', want]);
  }
  assert.equal(line('INFO', 'x'), '{"level":"INFO","msg":"x"}');
  assert.match(line('WARN', 'x', { loop }), /unprintable/);
  assert.match(line('WARN', 'x', { err: new Error('boom') }), /"err":"Error: boom\\n/);
  for (const long of [line('INFO', '长'.repeat(5e5)), line('INFO', '\x01'.repeat(2e4)), line('INFO', 'x', { body: 'x'.repeat(1e5) })]) {
    const { level, msg, cut_bytes } = JSON.parse(long);
    assert.ok(level === 'INFO' && msg.length > 0 && cut_bytes > 60 << 10 && Buffer.byteLength(long) <= 60 << 10);
  }
});
