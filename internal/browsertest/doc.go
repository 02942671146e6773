// Package browsertest drives JupyterLab in a headless Chromium, for tests that see what a user sees.
//
// [New] starts the browser for a test, [Browser.Open] opens a notebook in a tab of its own, and the methods of
// [Notebook] run cells, read what their outputs show, save, reload and take pictures. Whatever goes wrong fails the
// test at once and leaves a picture of the page among the test's artifacts (go test -artifacts). The server must run
// with --LabApp.expose_app_in_browser=True, which [ServerArgs] holds.
package browsertest

// ServerArgs are the arguments that JupyterLab needs to be driven.
var ServerArgs = []string{"--LabApp.expose_app_in_browser=True"}
