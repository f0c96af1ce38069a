// The behaviours that sdk/testdata/golden/README.md names, each as a plugin's author would write it.
import { Bot, MAX_CONTENT, MAX_STATE, Problems } from '../src/index.js';

/** Each name with a function that makes the plugin. */
export const handlers = {
  echo: () => (message, responder) => responder.reply(message.content),
  stream: () => async (message, responder) => {
    await responder.append('one, ');
    await responder.append('two');
    await responder.reply('three');
  },
  pass: () => (message, responder) => responder.pass(),
  forward: () => (message, responder) => responder.forward(`forwarded: ${message.text}`),
  handoff: () => async (message, responder) => {
    await responder.reply('A person will answer.');
    await responder.handoff('asks for a person');
  },
  count: () => ({
    describe: () => ({ name: 'count', version: '1.2.3', configSchema: { type: 'object' }, stateful: true }),
    async handle(message, responder) {
      if (message.text === 'forget') {
        return responder.save('');
      }
      const n = Number(message.state ?? 0) + 1;
      await responder.save(String(n));
      await responder.reply(String(n));
    },
  }),
  fail: () => async (message, responder) => {
    await responder.reply('half');
    throw new Error('no luck');
  },
  crash: () => async (message, responder) => {
    if (message.text === 'fine') {
      return responder.reply('fine');
    }
    await responder.reply('half');
    throw 'boom';
  },
  wait: () => async (message, responder, { signal }) => {
    await responder.reply('waiting');
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    await responder.reply('too late');
  },
  gate: () => {
    let open;
    const opened = new Promise((resolve) => {
      open = resolve;
    });
    return async (message, responder) => {
      if (message.text === 'open') {
        await responder.reply('opened');
        return open();
      }
      await responder.reply('before');
      await opened;
      await responder.reply('after');
    };
  },
  large: () => async (message, responder) => {
    const tried = await Promise.allSettled([responder.reply('x'.repeat(MAX_CONTENT + 1)), responder.save(Buffer.alloc(MAX_STATE + 1))]);
    await responder.reply(String(tried.filter(({ status }) => status === 'rejected').length));
  },
  settings: () => {
    const schema = {
      type: 'object', additionalProperties: false, required: ['greeting', 'times'],
      properties: { greeting: { type: 'string' }, times: { type: 'integer' } },
    };
    const bot = new Bot({ schema, configure });
    return bot.otherwise((message, responder) => responder.reply(bot.settings.greeting.repeat(bot.settings.times)));
  },
};

function configure({ greeting, times }) {
  const problems = new Problems();
  if (greeting === '') {
    problems.add('greeting', 'must not be empty');
  }
  if (times < 1 || times > 3) {
    problems.add('times', 'must be 1 to 3');
  }
  return problems;
}
