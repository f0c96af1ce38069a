// Changes what is in the page as little as possible, so that what is focused, open or being clicked stays the same node.

/** Makes the nodes the children of a parent and leaves those alone that are in their place. */
export function lay(parent, nodes) {
  const stay = new Set(nodes);
  for (const node of [...parent.childNodes]) if (!stay.has(node)) node.remove();
  nodes.forEach((node, i) => parent.childNodes[i] !== node && parent.insertBefore(node, parent.childNodes[i] ?? null));
}

/** Returns a function that paints only if its key is another than the last time. */
export function painter(paint) {
  let last;
  return (key, ...what) => {
    if (key === last) return;
    last = key;
    paint(...what);
  };
}
