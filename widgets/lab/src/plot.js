// Pixels of a figure's image and its data.

/** dataX is the value at a pixel, inside the plot. @param {Plot} p @param {number} px */
export function dataX(p, px) {
  const t = Math.min(1, Math.max(0, (px - p.left) / p.width));
  return p.x0 + t * (p.x1 - p.x0);
}

/** pixelX is where a value stands. @param {Plot} p @param {number} x */
export function pixelX(p, x) {
  return p.left + ((x - p.x0) / (p.x1 - p.x0)) * p.width;
}

/** pixelY is where a value stands; y grows upwards. @param {Plot} p @param {number} y */
export function pixelY(p, y) {
  return p.top + (1 - (y - p.y0) / (p.y1 - p.y0)) * p.height;
}

/** isInside reports whether a pixel is within the plot's rectangle. @param {Plot} p @param {number} x @param {number} y */
export function isInside(p, x, y) {
  return x >= p.left && x <= p.left + p.width && y >= p.top && y <= p.top + p.height;
}

/**
 * zoom is the range between two pixels; null when they are too near to be meant.
 * @param {Plot} p
 * @param {number} a
 * @param {number} b
 * @returns {XRange|null}
 */
export function zoom(p, a, b) {
  if (Math.abs(a - b) < 5) return null;
  const [x0, x1] = [dataX(p, Math.min(a, b)), dataX(p, Math.max(a, b))];
  return x1 > x0 ? { x0, x1 } : null;
}

/**
 * themeOf is the paper and the ink that the kernel is to draw with: those of the page. Undefined where the paper is none, or the browser says them in
 * other words than red, green and blue.
 * @param {{backgroundColor: string, color: string}} style
 */
export function themeOf({ backgroundColor, color }) {
  const [paper, ink] = [backgroundColor, color].map((text) => /^rgba?\((\d+), (\d+), (\d+)(?:, ([\d.]+))?\)$/.exec(text)?.slice(1).map((n) => Number(n ?? 1)));
  if (!paper || !ink || paper[3] < 1) return undefined;
  const part = ink[3]; // ink may let the paper through
  return { paper: paper.slice(0, 3), ink: [0, 1, 2].map((i) => Math.round(ink[i] * part + paper[i] * (1 - part))) };
}
