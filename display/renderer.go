package display

// Renderer is a value that shows itself.
type Renderer interface {
	// Render returns the value as it is now. Any goroutine may call it.
	Render() MIMEBundle
}

// Live is a Renderer whose value changes after it was shown.
type Live interface {
	Renderer
	// Watch arranges for a signal on changed after each change. Signals never block and may merge: one waiting signal stands for any
	// number of changes. stop ends it, and may be called more than once. A Live that nobody watches may be collected.
	Watch(changed chan<- struct{}) (stop func())
}

// Claimable is a Live that pages may follow by themselves, over a comm. While one does, whoever shows the value need not refresh it.
type Claimable interface {
	Live
	// Claims calls claim when a page begins to follow the value, or at once if one does, and what claim returned when none does any more.
	// Neither must wait for anything. stop ends that, and releases what is claimed. It may be called more than once.
	Claims(claim func() (release func())) (stop func())
}
