// A plugin in TypeScript, for the compiler: it is never run.
import { Bot, Host, HostError, loadState, log, MAX_CONTENT, Problems, saveState, serve, TurnOverError } from '@chuanhuabot/bot-sdk';
import type { Content, ContentToSend, Handle, Message, Responder } from '@chuanhuabot/bot-sdk';

interface Settings { city: string; tries?: number }

const bot = new Bot<Settings>({
  name: 'weather', version: '1.0.0', schema: { type: 'object' },
  configure(settings) {
    const problems = new Problems();
    if (settings.city === '') {
      problems.add('city', 'must not be empty');
    }
    problems.throwIfAny();
  },
});

bot.command('/weather', async (message, responder, { args, signal, deadline }) => {
  const city: string = args || bot.settings.city;
  const left: number | undefined = deadline && deadline.getTime() - Date.now();
  await fetch('https://example.com', { signal });
  await responder.reply(`${city} ${left}`);
}).conversation('/order', {
  first: async (message, responder, { data }) => {
    data.size = message.text;
    return 'last';
  },
  last: (message, responder) => responder.reply('done'),
});

bot.on('voice', async (message, responder) => {
  if (message.content.kind === 'voice') {
    const { name, body } = await bot.host.openMedia({ channel: message.channel, media: message.content.media, want: 'wav16k' });
    const media = await bot.host.saveMedia({ channel: message.channel, kind: 'voice', name, body });
    await responder.reply({ kind: 'voice', media });
  }
});

const contents: ContentToSend[] = [
  'text', { kind: 'text', text: 'x' }, { kind: 'image', media: 'id' }, { kind: 'link', url: 'https://example.com' },
  { kind: 'menu', choices: [{ id: '1', text: 'one' }] }, { kind: 'raw', type: 'music', fields: { title: 'x' } },
];

// @ts-expect-error There is no such kind.
contents.push({ kind: 'hologram' });
// @ts-expect-error A link has a URL.
contents.push({ kind: 'link', title: 'x' });

const echo: Handle = async (message: Message, responder: Responder) => {
  const content: Content = message.content;
  const fields = content.kind === 'event' ? content.fields : {};
  const count = loadState(message, { n: 0 });
  await saveState(responder, { n: count.n + 1 });
  await responder.forward(content);
  log.info('echoed', { fields, most: MAX_CONTENT });
};

async function push(host: Host, to: Message): Promise<bigint> {
  const { state } = await host.send({ to: to.address, content: 'hello', key: 'k' }, { timeoutMs: 1000 });
  for await (const outcome of await host.outcomes()) {
    log.info(outcome.reason, { state });
  }
  try {
    const known = await host.get('k');
    return await host.put('k', 'v', { revision: known?.revision ?? 0n });
  } catch (err) {
    if (err instanceof HostError && err.code === 'CONFLICT') {
      return 0n;
    }
    throw err instanceof TurnOverError ? err : new Error('?');
  }
}

await serve({ handle: echo, useHost: (host) => void push(host, undefined as unknown as Message) });
await bot.serve();
