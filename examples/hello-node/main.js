// Hello is a reply plugin that greets and repeats what was said.
import { serve } from '@chuanhuabot/bot-sdk';

serve(async (message, responder) => {
  await responder.reply(`你好! ${message.text}`);
});
