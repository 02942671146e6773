// Package install puts Tickbook where Jupyter finds it, and JupyterLab where Tickbook finds it.
//
// [Install] and [Uninstall] write and remove the kernelspec, the folder that tells Jupyter how to start the kernel, and
// the JupyterLab extension that makes its outputs live.
// [FindJupyterLab] finds JupyterLab or builds a private environment with it. [StartLab] runs its server for one
// session, leaving the user's own Jupyter folders alone. [WorkingCopy] gives the user notebooks to edit outside the
// clone. [Doctor] says what is broken in all of this and what to type.
//
// Reading order: kernelspec.go, extension.go, find.go, environment.go, server.go, doctor.go.
package install
