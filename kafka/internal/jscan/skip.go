package jscan

// skip steps over a value of any kind, which it checks.
func skip(b []byte, i, depth int) (int, Reason) {
	if i >= len(b) {
		return i, Syntax
	}
	switch b[i] {
	case '"':
		end, _ := textEnd(b, i+1)
		if end < 0 {
			return i, Syntax
		}
		return end + 1, OK
	case '{', '[':
		if depth > MaxDepth {
			return i, TooDeep
		}
		return skipNested(b, i, depth)
	case 't':
		return literal(b, i, "true")
	case 'f':
		return literal(b, i, "false")
	case 'n':
		return literal(b, i, "null")
	}
	_, end, ok := number(b, i)
	if !ok {
		return i, Syntax
	}
	return end, OK
}

func skipNested(b []byte, i, depth int) (int, Reason) {
	isObject, closing := b[i] == '{', b[i]+2
	i = space(b, i+1)
	if i < len(b) && b[i] == closing {
		return i + 1, OK
	}
	for {
		if isObject {
			if i >= len(b) || b[i] != '"' {
				return i, Syntax
			}
			end, _ := textEnd(b, i+1)
			if end < 0 {
				return i, Syntax
			}
			if i = space(b, end+1); i >= len(b) || b[i] != ':' {
				return i, Syntax
			}
			i = space(b, i+1)
		}
		var r Reason
		if i, r = skip(b, i, depth+1); r != OK {
			return i, r
		}
		i = space(b, i)
		switch {
		case i >= len(b):
			return i, Syntax
		case b[i] == closing:
			return i + 1, OK
		case b[i] != ',':
			return i, Syntax
		}
		i = space(b, i+1)
	}
}

func space(b []byte, i int) int {
	for i < len(b) && b[i] <= ' ' && (b[i] == ' ' || b[i] == '\n' || b[i] == '\t' || b[i] == '\r') {
		i++
	}
	return i
}

func literal(b []byte, i int, s string) (int, Reason) {
	if len(b)-i < len(s) || string(b[i:i+len(s)]) != s {
		return i, Syntax
	}
	return i + len(s), OK
}
