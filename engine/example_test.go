package engine_test

import (
	"fmt"
	"time"

	"tickbook/engine"
)

// show prints the rows of a table.
func show(t *engine.Table) {
	for _, r := range t.Rows(t.Size()) {
		fmt.Println(r)
	}
}

func trades() *engine.Table {
	return engine.NewTable(
		engine.Col("Sym", []string{"AAPL", "IBM", "AAPL"}),
		engine.Col("Price", []float64{200, 100, 201.5}),
		engine.Col("Size", []int32{10, 20, 30}),
	)
}

func ExampleTable_View() {
	show(trades().View("Sym", "Gross = Price*Size"))
	// Output:
	// Sym="AAPL" Gross=2000
	// Sym="IBM" Gross=2000
	// Sym="AAPL" Gross=6045
}

func ExampleTable_UpdateView() {
	show(trades().UpdateView("Price = Price+1", "Dear = Price > 150"))
	// Output:
	// Sym="AAPL" Price=201 Size=10 Dear=true
	// Sym="IBM" Price=101 Size=20 Dear=false
	// Sym="AAPL" Price=202.5 Size=30 Dear=true
}

func ExampleTable_Where() {
	show(trades().Where("Sym = `AAPL`", "Size > 10"))
	// Output:
	// Sym="AAPL" Price=201.5 Size=30
}

func ExampleTable_Reverse() {
	show(trades().Reverse().View("Size"))
	// Output:
	// Size=30
	// Size=20
	// Size=10
}

func ExampleTable_Head() {
	show(trades().Head(2).View("Size"))
	// Output:
	// Size=10
	// Size=20
}

func ExampleTable_Tail() {
	show(trades().Tail(2).View("Size"))
	// Output:
	// Size=20
	// Size=30
}

// A table that ticks, and one derived from it, in a graph stepped by hand.
func ExampleNewInput() {
	g := engine.NewGraph()
	in := engine.NewInput(g, engine.String("Sym"), engine.Float64("Price"))
	dear := in.Where("Price > 150")
	key := in.Add("IBM", 100)
	in.Add("AAPL", 200)
	g.Step()
	show(dear)
	in.Modify(key, "Price", 160)
	g.Step()
	fmt.Println(dear.Strings("Sym"))
	// Output:
	// Sym="AAPL" Price=200
	// [IBM AAPL]
}

func ExampleTable_Scan() {
	var rows []struct {
		Sym   string
		Units int `engine:"Size"`
	}
	if err := trades().Scan(&rows); err != nil {
		fmt.Println(err)
	}
	fmt.Println(rows)
	// Output:
	// [{AAPL 10} {IBM 20} {AAPL 30}]
}

func ExampleFromStructs() {
	type bar struct {
		Time  time.Time
		Close float64
		Note  *string
	}
	show(engine.FromStructs([]bar{{time.Date(2026, 1, 23, 15, 21, 48, 500_000_000, time.UTC), 200.5, nil}}))
	// Output:
	// Time=2026-01-23 15:21:48.500 Close=200.5 Note=null
}

func ExampleTry() {
	_, err := engine.Try(func() *engine.Table { return trades().Where("Prize > 150") })
	fmt.Println(err)
	// Output:
	// where: no column "Prize"; did you mean "Price"?
}

func ExampleLet() {
	engine.Let("fee", func(price float64) float64 { return price / 100 })
	show(trades().View("Fee = fee(Price)"))
	// Output:
	// Fee=2
	// Fee=1
	// Fee=2.015
}

func ExampleTable_Lets() {
	engine.Let("rebate", func(price float64) float64 { return price / 10 })
	before := trades().View("Rebate = rebate(Price)")
	engine.Let("rebate", func(price float64) float64 { return price / 20 })
	after := trades().View("Rebate = rebate(Price)")
	for _, t := range []*engine.Table{before, after} {
		for name, isEarlier := range t.Lets() {
			fmt.Println(name, isEarlier)
		}
	}
	fmt.Print(before.Explain())
	// Output:
	// rebate true
	// rebate false
	// #1 view Rebate = rebate(Price) [uses an earlier rebate]
	//   #2 new table Sym string, Price float64, Size int32 [uses values of this process]
}

func ExampleTable_Explain() {
	fmt.Print(trades().Where("Size > 10").Head(1).Explain())
	// Output:
	// #1 head 1
	//   #2 where Size > 10
	//     #3 new table Sym string, Price float64, Size int32 [uses values of this process]
}
