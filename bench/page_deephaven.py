import os
import socket
from deephaven_server import Server

with socket.socket() as s:
    s.bind(("127.0.0.1", 0))
    port = s.getsockname()[1]
server = Server(port=port, jvm_args=[
    "-Xmx4g", "-Dhttp.host=127.0.0.1", "-DAuthHandlers=io.deephaven.auth.AnonymousAuthenticationHandler",
    "-DPeriodicUpdateGraph.targetCycleDurationMillis=20", "-Dbarrage.minUpdateInterval=20", "-Dbarrage.updateInterval=20",
])
server.start()
os.environ["DEEPHAVEN_IPY_URL"] = f"http://127.0.0.1:{port}/"
from deephaven import empty_table, time_table
from deephaven_ipywidgets import DeephavenWidget

N = 1_000_000
clock = time_table("PT0.1S").last_by().view("Stamp = epochMicros(Timestamp)")
changes = empty_table(200).update("Key = i < 100 ? i : i * 4999").natural_join(clock, on=[], joins=["Stamp"]).update(
    ["Price = (Key * 31 + Stamp / 100000) % 1000 / 10.0", "Size = (int)((Key * 7 + Stamp / 100000) % 400)"])
table = empty_table(N).update(["Key = i", "Sym = `S` + (Key % 500)"]).natural_join(changes, on="Key", joins=["Stamp", "Price", "Size"]).view(
    ["Key", "Stamp", "Sym", "Price", "Size"])


def view(i):
    return DeephavenWidget(table.update_view(f"Value = Price * {i + 1}"), height=300)


print(os.getpid())
