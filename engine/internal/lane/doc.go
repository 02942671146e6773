// Package lane keeps the rows of one exact key in the order of time: one side of an as-of join.
package lane
