// Builds DOM nodes. What comes from the wire only ever becomes text or an attribute's value here, never markup.

/** Returns an element. Props are attributes, except class, data (the dataset), on… (listeners) and what is no string (properties). */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) put(node, name, value);
  node.append(...present(children));
  return node;
}

/** Replaces what is in a node. */
export function fill(node, ...children) {
  node.replaceChildren(...present(children));
  return node;
}

/** Sets a node's text if it differs, so that a ticking clock does not touch the layout when nothing changed. */
export function say(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

function present(children) {
  return children.flat(Infinity).filter((child) => child != null && child !== false && child !== '');
}

function put(node, name, value) {
  if (value == null || value === false) return;
  if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
  else if (name === 'data') putData(node, value);
  else if (name === 'class') node.className = value;
  else if (typeof value !== 'string' && name in node) node[name] = value;
  else node.setAttribute(name, value === true ? '' : String(value));
}

function putData(node, data) {
  for (const [name, value] of Object.entries(data)) {
    if (value != null) node.dataset[name] = value;
  }
}
