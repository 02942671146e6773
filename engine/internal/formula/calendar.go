package formula

var calendarFuncs = []builtin{}
