// One HTTP request and its response: a row that opens up to all of it.
import { el } from './dom.js';
import { icon } from './icons.js';
import { t, tOr } from './i18n.js';
import { exactTime, span } from './clock.js';
import { pretty } from './pretty.js';
import { copyButton } from './copy.js';
import { outcomeOf } from './outcome.js';

/** The row of an exchange. lane is what stands below its title, such as a bar on an axis. */
export function exchangeRow(x, lane = null, where = '') {
  const body = el('div', { class: 'exchange-body' });
  const open = () => row.open && !body.childElementCount && body.append(...details(x));
  const row = el(
    'details',
    {
      class: `story-row ${outcomeOf(x)}`,
      'data-test': 'exchange',
      data: { direction: x.direction, try: String(x.try ?? ''), code: String(x.code), number: String(x.number) },
      ontoggle: open,
    },
    el(
      'summary',
      {},
      el(
        'span',
        { class: 'row-line' },
        icon(x.direction === 'callback' ? 'incoming' : 'outgoing'),
        title(x),
        chip(x),
        el('span', { class: 'row-took numeric' }, span(x.took_ms)),
      ),
      where && el('span', { class: 'row-where faint' }, where),
      lane,
    ),
    body,
  );
  return row;
}

function title(x) {
  if (x.direction === 'callback')
    return el('span', { class: 'row-title' }, pushWords(x), el('span', { class: 'faint' }, ` ${x.method}`));
  return el('span', { class: 'row-title mono', title: x.url }, pathOf(x.url));
}

// A GET is the console's check of the URL.
function pushWords(x) {
  if (x.method === 'GET') return t('try.verify');
  return x.try === 0 ? t('try.duplicate') : t('try', { n: x.try });
}

function pathOf(url) {
  try {
    return new URL(url, location.href).pathname;
  } catch {
    return url;
  }
}

function chip(x) {
  const outcome = outcomeOf(x);
  if (outcome === 'timeout') return el('span', { class: 'row-chip warn' }, t('try.timeout'));
  if (x.direction === 'call')
    return el(
      'span',
      { class: `row-chip ${outcome === 'failed' ? 'bad' : ''} numeric` },
      x.error && !x.status ? t('call.failed') : x.code !== 0 ? `errcode ${x.code}` : x.status === 200 ? 'ok' : x.status,
    );
  if (outcome === 'failed')
    return el(
      'span',
      { class: 'row-chip bad numeric' },
      x.status && x.status !== 200 ? x.status : t(x.status ? 'try.invalid' : 'try.failed'),
    );
  return el('span', { class: 'row-chip good numeric' }, t('try.answered', { status: x.status }));
}

function details(x) {
  return [
    x.error && el('div', { class: 'plain-words bad' }, icon('alert'), el('span', {}, x.error)),
    x.code !== 0 &&
      el(
        'div',
        { class: 'plain-words bad' },
        icon('info'),
        el('span', {}, el('strong', {}, x.code), ' ', tOr(`code.${x.code}`, t('code.other'))),
      ),
    address(x),
    part(t('part.request.plain'), x.request_plain),
    part(t(x.request_plain ? 'part.request.sealed' : 'part.request'), x.request, Boolean(x.request_plain)),
    part(t('part.response.plain'), x.response_plain),
    part(t(x.response_plain ? 'part.response.sealed' : 'part.response'), x.response, Boolean(x.response_plain)),
    !x.response && x.status > 0 && el('p', { class: 'faint' }, t('part.empty')),
  ].filter(Boolean);
}

function address(x) {
  let url;
  try {
    url = new URL(x.url, location.href);
  } catch {
    return part('URL', x.url);
  }
  const query = [...url.searchParams];
  return el(
    'section',
    { class: 'part' },
    el(
      'header',
      { class: 'part-head' },
      el('h4', {}, 'URL'),
      el('span', { class: 'faint numeric' }, exactTime(x.at)),
      copyButton(() => x.url),
    ),
    el(
      'div',
      { class: 'address mono' },
      el('span', { class: 'method' }, x.method),
      ' ',
      `${url.origin}${url.pathname}`,
    ),
    query.length > 0 &&
      el(
        'table',
        { class: 'query' },
        el(
          'tbody',
          {},
          query.map(([name, value]) =>
            el('tr', {}, el('th', { scope: 'row' }, name), el('td', { class: 'mono' }, value)),
          ),
        ),
      ),
  );
}

// Sealed parts are closed at first: what is inside them stands above.
function part(name, text, closed = false) {
  if (!text) return null;
  const head = [
    el('h4', {}, name),
    el('span', { class: 'faint numeric' }, t('part.size', { n: new Blob([text]).size })),
    copyButton(() => text),
  ];
  const code = el('pre', { class: 'code mono', tabindex: '0' }, closed ? text : pretty(text));
  if (!closed) return el('section', { class: 'part' }, el('header', { class: 'part-head' }, head), code);
  return el('details', { class: 'part sealed' }, el('summary', { class: 'part-head' }, icon('right'), head), code);
}
