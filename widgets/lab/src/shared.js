// The packages that JupyterLab shares at run time.

/**
 * use loads the newest version of a shared package; undefined when the page shares none.
 * @param {Scope} scope
 * @param {string} name
 * @returns {Promise<any>}
 */
export async function use(scope, name) {
  const versions = scope[name] ?? {};
  const newest = Object.keys(versions).sort((a, b) => b.localeCompare(a, undefined, { numeric: true }))[0];
  return newest === undefined ? undefined : (await versions[newest].get())();
}
