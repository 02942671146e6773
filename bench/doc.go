// Package bench measures the product from outside, beside what it is compared with: the kernel beside ipykernel, the guide's chain of tables from
// memory and over Kafka beside the figures of the first measurements, static joins and groups beside polars and DuckDB. It has benchmarks only: nothing
// here fails because it was slow. How to run and read them is in README.md.
package bench
