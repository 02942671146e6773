// Writing to the clipboard.

/**
 * copyText puts text on the clipboard. The asynchronous clipboard exists only on secure pages, and Jupyter is often
 * served over plain HTTP, so the old command goes first; it works while the user's key press is being handled.
 * @param {string} text
 * @returns {Promise<void>}
 */
export async function copyText(text) {
  let done = false;
  const put = (/** @type {ClipboardEvent} */ e) => {
    e.clipboardData?.setData('text/plain', text);
    e.preventDefault();
    e.stopImmediatePropagation();
    done = true;
  };
  document.addEventListener('copy', put, { capture: true });
  try {
    document.execCommand('copy');
  } finally {
    document.removeEventListener('copy', put, { capture: true });
  }
  if (done) return;
  if (!navigator.clipboard) throw new Error('the browser gives this page no clipboard');
  await navigator.clipboard.writeText(text);
}
