// A plugin for the bot's own tests: each command does one thing, or goes wrong in one way.
import { Bot, Problems } from '../../src/index.js';

const bot = new Bot({
  name: 'everything', version: '1.2.3', stateful: true,
  schema: { type: 'object', additionalProperties: false, properties: { greeting: { type: 'string', default: '你好' } } },
  configure({ greeting }) {
    if (greeting === '') {
      throw new Problems().add('greeting', 'must not be empty');
    }
  },
});

bot.command('greet', (message, responder, { args }) => responder.reply(`${bot.settings.greeting} ${args}`));

bot.command('count', async (message, responder) => {
  const n = Number(message.state ?? 0) + 1;
  await responder.save(String(n));
  await responder.reply(String(n));
});

bot.command('fail', () => {
  throw new Error('no luck');
});

bot.command('crash', () => {
  setTimeout(() => {
    throw new Error('outside of a turn');
  });
  return new Promise(() => {});
});

bot.command('print', async (message, responder) => {
  console.log('a line of '.repeat(20_000));
  console.log('printed');
  await responder.reply('printed');
});

bot.command('wait', async (message, responder, { signal }) => {
  await responder.append('waiting');
  await new Promise((resolve) => signal.addEventListener('abort', resolve));
  console.log(`told: ${signal.reason.name}`);
});

bot.command('slow', async (message, responder) => {
  await responder.append('begun, ');
  await new Promise((resolve) => setTimeout(resolve, 300));
  await responder.append('ended');
});

bot.command('flood', async (message, responder, { args }) => {
  for (let i = 0; i < Number(args); i++) {
    await responder.append('x'.repeat(1000));
  }
});

bot.command('host', async (message, responder, { args }) => {
  const { host } = bot;
  const did = {
    send: async () => (await host.send({ to: message.address, content: { kind: 'image', media: 'm' }, key: 'k' })).state,
    handoff: async () => (await host.handoff({ conversation: message.address, reason: 'angry', key: 'h' })).state,
    window: async () => (await host.window(message.address)).left,
    values: async () => {
      const first = await host.put('a', '值', { revision: 0n });
      const conflict = await host.put('a', 'x', { revision: 0n }).catch((err) => err.code);
      const { value, revision } = await host.get('a');
      await host.put('b', Buffer.alloc(3));
      await host.delete('a');
      return [first === revision, conflict, value, await host.get('a'), await host.keys()].join();
    },
    media: async () => {
      const { body, size } = await host.openMedia({ channel: message.channel, media: { id: 'in' }, want: 'wav16k' });
      const media = await host.saveMedia({ channel: message.channel, kind: 'voice', name: 'v', type: 'audio/wav', size, body });
      return `${size} ${media.id}`;
    },
    gone: () => host.openMedia({ channel: message.channel, media: { id: 'none' } }).catch((err) => err.code),
    outcomes: async () => {
      const controller = new AbortController();
      const outcomes = await host.outcomes({ signal: controller.signal });
      setImmediate(() => controller.abort());
      let n = 0;
      for await (const outcome of outcomes) {
        n += outcome ? 1 : 0;
      }
      return n;
    },
  };
  await responder.reply(String(await did[args]()));
});

bot.serve();
