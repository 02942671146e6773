"""Times the guide's as-of join and its VWAP in polars and DuckDB over static columns, turn by turn, and prints JSON.

usage: static.py DIR ROUNDS, with a raw file for each column in DIR: little-endian, symbols as numbers.

Each engine gets its best type for a symbol, an enumeration. asof ends with the sum of the joined prices, so that the columns are made; vwap with that of
the volumes. Both sums are checked by who started this.
"""

import json
import sys
import time

import duckdb
import numpy as np
import polars as pl


def read(directory):
    def column(name, kind):
        return np.fromfile(f"{directory}/{name}", dtype=kind)

    codes = {side: column(side + "-sym", "<u4") for side in ("quotes", "trades")}
    names = pl.Enum([f"S{i:03d}" for i in range(1 + max(int(c.max()) for c in codes.values()))])

    def frame(side, **columns):
        times = pl.Series(column(side + "-time", "<i8")).cast(pl.Datetime("ms"))
        return pl.DataFrame({"Sym": pl.Series(codes[side]).cat.to(names), "Time": times, **columns})

    quotes = frame("quotes", BidPrice=column("quotes-bid", "<f8"))
    trades = frame("trades", Price=column("trades-price", "<f8"), Size=column("trades-size", "<i4"))
    return quotes, trades


def in_polars(quotes, trades):
    def asof():
        joined = trades.join_asof(quotes.rename({"Time": "BidTime"}), left_on="Time", right_on="BidTime", by="Sym", check_sortedness=False)
        return joined["BidPrice"].sum()

    def vwap():
        groups = (
            trades.lazy()
            .group_by("Sym", pl.col("Time").dt.truncate("1m").alias("TimeBin"))
            .agg(pl.col("Price").mean().alias("AvgPrice"), pl.col("Size").sum().alias("Volume"), (pl.col("Price") * pl.col("Size")).sum().alias("Gross"))
            .with_columns((pl.col("Gross") / pl.col("Volume")).alias("VWAP"))
            .collect()
        )
        return groups["Volume"].cast(pl.Int64).sum()

    return {"asof": asof, "vwap": vwap}


def in_duckdb(quotes, trades):
    db = duckdb.connect()
    db.execute("set enable_progress_bar = false")  # it prints among the results
    names = ", ".join(f"'{n}'" for n in quotes.schema["Sym"].categories)
    db.execute(f"create type symbol as enum ({names})")
    for name, frame in ("quotes", quotes), ("trades", trades):
        db.register("incoming", frame.to_arrow())
        db.execute(f"create table {name} as select * replace (Sym::symbol as Sym) from incoming")
        db.unregister("incoming")

    def asof():
        # a table of the result, since a sum alone would let the planner leave columns out
        db.execute("create or replace temp table joined as select t.*, q.Time as BidTime, q.BidPrice from trades t asof left join quotes q on t.Sym = q.Sym and t.Time >= q.Time")
        return db.execute("select sum(BidPrice) from joined").fetchone()[0]

    def vwap():
        db.execute(
            "create or replace temp table groups as select Sym, date_trunc('minute', Time) as TimeBin, avg(Price) as AvgPrice, sum(Size) as Volume, "
            "sum(Price * Size) as Gross, sum(Price * Size) / sum(Size) as VWAP from trades group by all"
        )
        return db.execute("select sum(Volume)::bigint from groups").fetchone()[0]

    return {"asof": asof, "vwap": vwap}


def main():
    quotes, trades = read(sys.argv[1])
    engines = {"polars": in_polars(quotes, trades), "duckdb": in_duckdb(quotes, trades)}
    out = {name: {} for name in engines}
    for i in range(int(sys.argv[2]) + 1):
        for name, queries in engines.items():
            for query, run in queries.items():
                start = time.perf_counter()
                result = run()
                ms = (time.perf_counter() - start) * 1e3
                q = out[name].setdefault(query, {"ms": [], "result": float(result)})
                if i > 0:  # the first fills caches
                    q["ms"].append(ms)
    json.dump(out, sys.stdout)


if __name__ == "__main__":
    main()
