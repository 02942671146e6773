package engine

// operators lists the methods that derive tables, each with its file's name. TestOperators demands of each a doc comment, an Example, a table script
// in testdata and a Check.
var operators = []struct{ method, file string }{
	{"View", "op_view"},
	{"UpdateView", "op_view"},
	{"Where", "op_where"},
	{"Reverse", "op_reverse"},
	{"Head", "op_head"},
	{"Tail", "op_head"},
	{"Sort", "op_sort"},
	{"SortDescending", "op_sort"},
	{"AsOfJoin", "op_asof"},
	{"GroupBy", "op_groupby"},
}
