package kernel

import "unicode/utf8"

// byteOffset turns a position on the wire, which counts unicode code points, into one in bytes. It clips to text.
func byteOffset(text string, points int) int {
	if points <= 0 {
		return 0
	}
	for i := range text {
		if points == 0 {
			return i
		}
		points--
	}
	return len(text)
}

// pointOffset turns a position in bytes into one on the wire. It clips to text.
func pointOffset(text string, bytes int) int {
	return utf8.RuneCountInString(text[:min(max(bytes, 0), len(text))])
}
