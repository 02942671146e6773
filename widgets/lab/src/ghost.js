// A ghost: the last frame of a live view whose cell runs again. JupyterLab clears a cell's outputs when the cell starts, and the new view has its
// first frame a moment later; meanwhile the ghost stands there, so that nothing flickers or jumps.
import { element } from './foot.js';

/** How long a ghost stays at most, in ms: a cell may take long, or show something else. */
const GHOST_MS = 2000;
const GHOST = 'tickbook-ghost';

/** @typedef {{area: HTMLElement, left: number, top: number, height: number, scroll: [top: number, left: number]}} Spot */

/**
 * spot is where a view stands in its cell's outputs; null elsewhere. The view must be in the document.
 * @param {HTMLElement} viewer
 * @param {HTMLElement} node the view's, in it
 * @returns {Spot|null}
 */
export function spot(viewer, node) {
  const area = /** @type {HTMLElement|null} */ (viewer.closest('.jp-OutputArea'));
  if (!area) return null;
  const [outer, inner] = [area.getBoundingClientRect(), viewer.getBoundingClientRect()];
  if (!inner.height) return null;
  return { area, left: inner.left - outer.left, top: inner.top - outer.top, height: outer.bottom - inner.top, scroll: [node.scrollTop, node.scrollLeft] };
}

/**
 * leave puts a view that is gone, with its foot, where it stood, if the outputs were cleared because their cell runs, which shows a moment later.
 * @param {Spot} at
 * @param {HTMLElement} node
 * @param {Node} foot
 */
export function leave({ area, left, top, height, scroll }, node, foot) {
  if (!area.isConnected || area.querySelector(`:scope > .${GHOST}`)) return;
  const ghost = element('div', `tickbook-view ${GHOST}`);
  ghost.append(node, foot);
  Object.assign(ghost.style, { marginLeft: `${left}px`, paddingTop: `${top}px`, minHeight: `${top + height}px`, boxSizing: 'border-box' });
  area.append(ghost);
  [node.scrollTop, node.scrollLeft] = scroll;
  setTimeout(() => isRunning(area) || ghost.parentElement !== area || ghost.remove());
  setTimeout(() => ghost.remove(), GHOST_MS);
  const watch = new MutationObserver(() => {
    // The first output takes the ghost, if it is a view, and else its place.
    if (ghost.parentElement === area && area.children.length > 1) ghost.remove();
    if (ghost.parentElement !== area) watch.disconnect();
  });
  watch.observe(area, { childList: true });
}

/**
 * take moves the ghost of the outputs that a new view belongs to into the view, which removes it when it is live; null if there is none.
 * @param {HTMLElement} viewer
 */
export function take(viewer) {
  const ghost = /** @type {HTMLElement|null} */ (viewer.closest('.jp-OutputArea')?.querySelector(`:scope > .${GHOST}`) ?? null);
  if (!ghost) return null;
  const node = /** @type {HTMLElement} */ (ghost.firstElementChild);
  const scroll = [node.scrollTop, node.scrollLeft];
  ghost.removeAttribute('style');
  viewer.prepend(ghost);
  [node.scrollTop, node.scrollLeft] = scroll;
  return ghost;
}

/** isRunning reports whether the cell of some outputs shows the star of one that runs. @param {HTMLElement} area */
function isRunning(area) {
  return !!area.closest('.jp-CodeCell')?.querySelector('.jp-InputPrompt')?.textContent?.includes('*');
}
