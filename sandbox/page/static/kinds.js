// Tells messages from events: the transcript has both in one field.

const messages = new Set([
  'text',
  'image',
  'voice',
  'video',
  'shortvideo',
  'file',
  'location',
  'link',
  'news',
  'music',
  'msgmenu',
  'miniprogram',
  'miniprogrampage',
  'business_card',
  'mpnews',
  'mpnewsarticle',
  'wxcard',
  'ca_link',
  'merged_msg',
  'channels',
  'channels_shop_product',
  'channels_shop_order',
  'meeting',
  'schedule',
  'note',
  'template_message',
  'subscribe_message',
]);

/** Whether an entry is an event, which is shown as a line in the middle and not as a bubble. */
export function isEvent(entry) {
  if (!entry.type || messages.has(entry.type)) return false;
  return entry.kind === 'said' || entry.kind === 'note' || (!entry.text && !Object.keys(entry.detail).length);
}
