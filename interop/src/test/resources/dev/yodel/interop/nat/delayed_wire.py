"""A wire between the bridges "near" and "far" of a network namespace: every frame takes some milliseconds, in order."""
import collections
import fcntl
import os
import select
import struct
import sys
import time

TUNSETIFF = 0x400454CA
IFF_TAP_NO_PI = 0x0002 | 0x1000


def end(name):
    tap = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(tap, TUNSETIFF, struct.pack("16sH22x", name.encode(), IFF_TAP_NO_PI))
    return tap


delay = int(sys.argv[1]) / 1000
near = end("near")
far = end("far")
other = {near: far, far: near}
under_way = collections.deque()
print("ready", flush=True)
while True:
    wait = None if not under_way else max(0.0, under_way[0][0] - time.monotonic())
    for tap in select.select([near, far], [], [], wait)[0]:
        under_way.append((time.monotonic() + delay, other[tap], os.read(tap, 65536)))
    while under_way and under_way[0][0] <= time.monotonic():
        _, tap, frame = under_way.popleft()
        try:
            os.write(tap, frame)
        except OSError:
            pass  # The interface is not up: a frame is lost, as on any wire.
