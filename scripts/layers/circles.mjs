/**
 * @param {ReadonlyMap<string, readonly string[]>} graph - each node with those it points at
 * @returns {string[][]} paths that end where they began; not every one of a tangle, but one at least of each
 */
export function findCircles(graph) {
  /** @type {string[][]} */
  const circles = [];
  const done = new Set();
  /** @type {string[]} */
  const path = [];
  /** @param {string} node */
  const visit = (node) => {
    if (path.includes(node)) circles.push([...path.slice(path.indexOf(node)), node]);
    else if (!done.has(node)) {
      path.push(node);
      for (const next of graph.get(node) ?? []) visit(next);
      path.pop();
      done.add(node);
    }
  };
  for (const node of graph.keys()) visit(node);
  return circles;
}
