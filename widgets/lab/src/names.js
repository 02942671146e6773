// Names that the page and the kernel share.

/** Our media type: {version, session, view, kind}. */
export const MIME = 'application/vnd.tickbook.view+json';

/** The media type of modules that a cell fetched: versions by path. */
export const MODULES = 'application/vnd.tickbook.get+json';

/** What our kernel calls itself in its kernel_info_reply. */
export const IMPLEMENTATION = 'tickbook';

/** The usual name of our kernel's kernelspec. */
export const KERNEL = 'tickbook';

/** The comm target. */
export const TARGET = 'tickbook';

/** The version of the messages. */
export const VERSION = 1;

let made = 0;

/** newId draws an id that no other page or viewer has. The kernel knows by its beginning a comm of ours that it does not have, and says bye. */
export function newId() {
  return `${TARGET}-${Date.now().toString(36)}-${(made++).toString(36)}-${Math.random().toString(36).slice(2)}`;
}
