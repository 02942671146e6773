import asyncio, os, random, time
import pyarrow as pa
import perspective
from perspective.widget import PerspectiveWidget

N = 1_000_000
table = perspective.table({"Key": "integer", "Stamp": "float", "Sym": "string", "Price": "float", "Size": "integer"}, index="Key")
batch = pa.table({
    "Key": pa.array(range(N), pa.int32()), "Stamp": pa.array([0.0] * N, pa.float64()), "Sym": [f"S{k % 500:03d}" for k in range(N)],
    "Price": pa.array([100 + k % 1000 / 10 for k in range(N)], pa.float64()), "Size": pa.array([1 + k % 400 for k in range(N)], pa.int32()),
})
sink = pa.BufferOutputStream()
with pa.ipc.new_stream(sink, batch.schema) as writer:
    writer.write_table(batch)
table.update(sink.getvalue().to_pybytes())
del batch, sink


def view(i):
    widget = PerspectiveWidget(
        table, columns=["Key", "Stamp", "Sym", "Price", "Size"], settings=False,
        columns_config={"Stamp": {"number_format": {"useGrouping": False, "minimumFractionDigits": 0, "maximumFractionDigits": 0}}},
    )
    widget.layout.height = "300px"
    return widget


async def tick():
    due = time.monotonic()
    while True:
        due += 0.1
        await asyncio.sleep(max(0, due - time.monotonic()))
        table.update({"Key": [random.randrange(N) for _ in range(100)], "Price": [random.random() * 100 for _ in range(100)]})
        keys = list(range(100))
        now = float(int(time.time() * 1e6))
        table.update({
            "Key": keys, "Stamp": [now] * 100, "Price": [round(random.random() * 100, 2) for _ in keys], "Size": [random.randrange(400) for _ in keys],
        })


print(os.getpid())
