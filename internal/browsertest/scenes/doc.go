// Package scenes plays what a user does with live outputs, in one of the pages that show notebooks: a scene is a test over [Frontend].
//
// lab46, lab40 and nb7, beside it, play all of them, each in a package of its own, so that they run apart. scenes.go starts what they need; the
// other files are a scene or two each, named after what a user can do.
package scenes
