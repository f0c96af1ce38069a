// A plugin that does all that must not matter: it prints before and after the handshake, and in odd ways.
const captured = process.stdout; // As a library might that was loaded first.
const { log, serve } = await import('../../src/index.js');

console.log('before the handshake');
process.stdout.write('in pieces, ');
captured.write('captured\n');
console.log('x'.repeat(300_000));

await serve(async (message, responder) => {
  console.log('in a turn');
  log.warn('no such city', { city: message.text });
  switch (message.text) {
    case 'rejects':
      Promise.reject(new Error('nobody waits for me'));
      break;
    case 'throws later':
      setTimeout(() => {
        throw new Error('outside of a turn');
      });
      break;
    case 'slow':
      await responder.append('begun');
      await new Promise((resolve) => setTimeout(resolve, 300));
      break;
    case 'for ever':
      await responder.append('begun');
      await new Promise(() => {});
  }
  await responder.reply(`${message.text}!`);
});
console.log('after the handshake');
